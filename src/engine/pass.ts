/**
 * One pass: commands become entries, each seeing what the ones before it decided. Nothing is written here; the lane takes the pass
 * back, appends the entries as one commit, and brings it in force when they are in the log.
 */
import { advance } from "../core/decide.ts";
import type { Context } from "../model/context.ts";
import { sealEntry } from "../core/evolve.ts";
import { foldRecordedEffect } from "../fold/whole.ts";
import { configOf } from "../state/config-in-force.ts";
import { react, type Reaction } from "../core/react.ts";
import type { State } from "../state/state.ts";
import { begin, keep, lookBefore, suspend, takeBack } from "../state/transaction.ts";
import type { Command } from "../model/command.ts";
import { effectKey, isSurface } from "../model/effect.ts";
import type { Entry, Event, EventType } from "../model/event.ts";
import { toCommandId, type CommandId, type EffectId } from "../model/ids.ts";

export interface Pass {
  readonly entries: readonly Entry[];
  /** The state, with the entries folded in until the pass is taken back. */
  readonly state: State;
  /** Commands that could not be decided, with what was wrong: set aside, the others went on. */
  readonly aside: readonly { readonly command: Command; readonly error: unknown }[];
  /** What `look` sees in the state as it was before the pass. Only until the pass is taken back. */
  before<Seen>(look: (state: State) => Seen): Seen;
  /** Leaves the state as it was before the pass, to be called once. Returns what brings it in force, for when it is in the log. */
  takeBack(): () => void;
}

/**
 * Decides `commands` in order and folds what they bring into `state`, until the pass is taken back. A configuration that one of them brings
 * into force counts for those after it.
 */
export function runPass(state: State, commands: readonly Command[], start: Context): Pass {
  begin(state);
  let context = start;
  state.at = context.now;
  const entries: Entry[] = [];
  const aside: { command: Command; error: unknown }[] = [];
  const queue = [...commands];
  for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
    try {
      const entry = enter(state, command, context);
      if (entry === null) continue;
      entries.push(entry);
      context = reconfigured(state, { context, start, events: entry.events });
    } catch (error) {
      const parts = split(command);
      if (parts.length > 1) queue.unshift(...parts);
      else {
        aside.push({ command, error });
        queue.unshift(...noteOn(command, error));
      }
    }
  }
  return {
    entries,
    state,
    aside,
    before: (look) => lookBefore(state, look),
    takeBack: () => suspend(state),
  };
}

/** The entry of one command; null when it decides nothing. Where it throws, the state is as it was. */
function enter(state: State, command: Command, context: Context): Entry | null {
  const mark = begin(state);
  try {
    const effects: Entry["effects"][number][] = [];
    const events = advance(state, { command, context }, (event) => {
      for (const reaction of react(state, event)) {
        const recorded = recordReaction(state, reaction);
        if (recorded !== null) effects.push(recorded);
      }
    });
    const entry: Entry = { id: command.id, command: command.type, at: state.at, events, effects };
    if (events.length > 0) sealEntry(state, entry);
    keep(state);
    return events.length > 0 ? entry : null;
  } catch (error) {
    takeBack(state, mark);
    throw error;
  }
}

const agentsMoved: ReadonlySet<EventType> = new Set<EventType>([
  "AgentRegistered",
  "AgentRevised",
  "AgentRemoved",
  "CapacityOverridden",
]);

/** What holds after the events. The time rules of a new file are read with the next pass: nobody has looked at their clock yet. */
function reconfigured(
  state: State,
  { context, start, events }: { readonly context: Context; readonly start: Context; readonly events: readonly Event[] },
): Context {
  if (events.some(({ type }) => type === "ConfigurationAccepted")) {
    const { schedule: _schedule, ...rest } = start;
    return { ...rest, config: configOf(state, start.config) };
  }
  if (!events.some(({ type }) => agentsMoved.has(type))) return context;
  return { ...context, config: configOf(state, start.config) };
}

/** Puts what follows from an event into the outbox. Returns what the entry says of it; null when what waits there already serves. */
export function recordReaction(state: State, reaction: Reaction): Entry["effects"][number] | null {
  const recorded = record(state, reaction);
  if (recorded !== null) foldRecordedEffect(state, recorded);
  return recorded;
}

/** A new effect; a waiting one that is brought forward; or null, when one that waits already serves. */
function record(state: State, reaction: Reaction): Entry["effects"][number] | null {
  const notBefore = state.at + reaction.afterMs;
  const waiting = (state.outboxKeys.get(effectKey(reaction.effect)) ?? []).at(-1);
  const known = waiting === undefined ? undefined : state.outbox.get(waiting);
  // One that waits at its owner has not been begun: it will show what is true when it is.
  if (known !== undefined && (known.lease === null || known.notBefore > state.at)) {
    return known.notBefore <= notBefore ? null : { id: known.id, effect: known.effect, notBefore };
  }
  // What is being performed now may be too early for this change; everything but a surface is the same act again.
  if (known !== undefined && !isSurface(reaction.effect)) return null;
  return { id: `e${state.effectCount + 1}` as EffectId, effect: reaction.effect, notBefore };
}

/** A look with several issues, one by one: a bad one stops only itself. */
type Note = Extract<Command, { readonly type: "NoteAside" }>;

/** So that people learn of it from the log and not from a journal alone; in the same pass, once for the same trouble. Of a note itself there is none. */
function noteOn(command: Command, error: unknown): readonly Command[] {
  if (command.type === "NoteAside") return [];
  const [issue] = command.type === "Observe" ? command.observation.issues : [];
  const task = "task" in command ? command.task : null;
  const subject: Note["subject"] =
    issue === undefined ? { kind: "command", command: command.type, task } : { kind: "issue", number: issue.number };
  const reason = error instanceof Error ? error.message : String(error);
  return [{ type: "NoteAside", id: toCommandId(`~aside:${command.id}`), subject, reason }];
}

function split(command: Command): readonly Command[] {
  if (command.type !== "Observe") return [];
  const { issues, pulls, gone, externals = [] } = command.observation;
  const nothing = { isComplete: false, issues: [], pulls: [], gone: [], unreadable: [] };
  const parts = [
    ...issues.map((issue) => ({ ...nothing, issues: [issue] })),
    ...pulls.map((pull) => ({ ...nothing, pulls: [pull] })),
    ...gone.map((each) => ({ ...nothing, gone: [each] })),
    ...externals.map((each) => ({ ...nothing, externals: [each] })),
  ];
  return parts.map((observation, index) => ({
    type: "Observe" as const,
    id: `${command.id}.${index}` as CommandId,
    observation,
  }));
}
