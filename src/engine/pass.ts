/**
 * One pass: commands become entries on a draft of the state, each seeing what the ones before it decided. Nothing is
 * written here; the lane appends the entries as one commit, or throws the draft away.
 */
import { decide } from "../core/decide.ts";
import type { Context } from "../core/context.ts";
import { evolve, sealEntry } from "../core/evolve.ts";
import { foldRecordedEffect } from "../core/fold-whole.ts";
import { configOf, react, type Reaction } from "../core/react.ts";
import { draftState, type State } from "../core/state.ts";
import type { Command } from "../model/command.ts";
import { effectKey, type Effect } from "../model/effect.ts";
import type { Entry, Event } from "../model/event.ts";
import type { CommandId, EffectId } from "../model/ids.ts";

export interface Pass {
  readonly entries: readonly Entry[];
  /** The state with the entries folded in. */
  readonly draft: State;
  /** Commands that could not be decided, with what was wrong: set aside, the others went on. */
  readonly aside: readonly { readonly command: Command; readonly error: unknown }[];
}

/**
 * Decides `commands` in order on a draft of `state`, which stays as it is. A configuration that one of them brings into force
 * counts for those after it.
 */
export function runPass(state: State, commands: readonly Command[], start: Context): Pass {
  const draft = draftState(state);
  let context = start;
  draft.at = context.now;
  const entries: Entry[] = [];
  const aside: { command: Command; error: unknown }[] = [];
  const queue = [...commands];
  for (let command = queue.shift(); command !== undefined; command = queue.shift()) {
    try {
      const events = decide(draft, command, context);
      if (events.length > 0) entries.push(fold(draft, command, events));
      if (events.some(({ type }) => type === "ConfigurationAccepted")) context = reconfigured(draft, start);
    } catch (error) {
      const parts = split(command);
      if (parts.length > 1) queue.unshift(...parts);
      else aside.push({ command, error });
    }
  }
  return { entries, draft, aside };
}

/** The time rules of the new configuration are read with the next pass: nobody has looked at their clock yet. */
function reconfigured(draft: State, start: Context): Context {
  const { schedule: _schedule, ...context } = start;
  return { ...context, config: configOf(draft, start.config) };
}

function fold(draft: State, command: Command, events: readonly Event[]): Entry {
  const effects: Entry["effects"][number][] = [];
  for (const event of events) {
    evolve(draft, event);
    for (const reaction of react(draft, event)) {
      const recorded = record(draft, reaction);
      if (recorded === null) continue;
      foldRecordedEffect(draft, recorded);
      effects.push(recorded);
    }
  }
  const entry: Entry = { id: command.id, command: command.type, at: draft.at, events, effects };
  sealEntry(draft, entry);
  return entry;
}

/** Effects that show the state as it is when they are performed. */
const surfaces: ReadonlySet<Effect["type"]> = new Set<Effect["type"]>(["UpdateIssue", "UpdateAlerts", "UpdateCockpit"]);

/** A new effect; a waiting one that is brought forward; or null, when one that waits already serves. */
function record(draft: State, reaction: Reaction): Entry["effects"][number] | null {
  const notBefore = draft.at + reaction.afterMs;
  const waiting = (draft.outboxKeys.get(effectKey(reaction.effect)) ?? []).at(-1);
  const known = waiting === undefined ? undefined : draft.outbox.get(waiting);
  // One that waits at its owner has not been begun: it will show what is true when it is.
  if (known !== undefined && (known.lease === null || known.notBefore > draft.at)) {
    return known.notBefore <= notBefore ? null : { id: known.id, effect: known.effect, notBefore };
  }
  // What is being performed now may be too early for this change; everything but a surface is the same act again.
  if (known !== undefined && !surfaces.has(reaction.effect.type)) return null;
  return { id: `e${draft.effectCount + 1}` as EffectId, effect: reaction.effect, notBefore };
}

/** A look with several issues, one by one: a bad one stops only itself. */
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
