/** Takes in what webhooks say: where to look, what to read again, who said what. What cannot be handed on yet is kept. */
import { isRunOf } from "../core/decide-session.ts";
import { permits } from "../model/actor.ts";
import { isSplittable } from "../core/decide-split.ts";
import { startingVerbs } from "../core/instruction.ts";
import type { State } from "../state/state.ts";
import type { Command } from "../model/command.ts";
import type { TaskId } from "../model/ids.ts";
import type { Assignment } from "../model/task.ts";
import type { HeardComment, Hint, Poll, Wanted } from "../ports/tracker.ts";
import { isCockpit, isWorthALook, lookAtCockpit } from "./cockpit.ts";
import { toInstruction } from "./instruct.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";
import type { Scout } from "./scout.ts";
import type { Asking } from "./sessions.ts";

export class Hearing {
  readonly #parts: EngineParts;
  readonly #world: World;
  readonly #lane: Lane;
  readonly #scout: Scout;
  readonly #asking: Asking;
  /** Comments that a cursor has moved past and that are not decided yet. */
  readonly #heard: HeardComment[] = [];
  #isConfigurationDue = true;
  #isCockpitDue = true;
  /** The cockpit that was looked at since this process knows of it. */
  #cockpit = "";

  constructor(
    parts: EngineParts,
    world: World,
    own: { readonly lane: Lane; readonly scout: Scout; readonly asking: Asking },
  ) {
    this.#parts = parts;
    this.#world = world;
    this.#lane = own.lane;
    this.#scout = own.scout;
    this.#asking = own.asking;
  }

  /** Rejects as the tracker does; what was not taken in by then is taken in by the next cycle. */
  async hear(hints: readonly Hint[]): Promise<void> {
    const state = this.#lane.stream.peek();
    const isOfCockpit = (hint: Hint): boolean => hint.kind === "issue" && isCockpit(state, hint.number);
    this.#scout.want(toWanted(hints.filter((hint) => !isOfCockpit(hint))));
    if (hints.some((hint) => hint.kind === "configuration")) await this.configure();
    for (const hint of hints) if (hint.kind === "state") await this.catchUp(hint.head);
    const comments = hints.filter((hint) => hint.kind === "comment");
    if (comments.length > 0) await this.instruct(await this.#world.tracker.hear(comments));
    await this.#reportRuns(hints);
    if (hints.some(isOfCockpit)) await this.lookAtCockpit();
  }

  /** Reads the configuration and brings it into force, or says what is wrong with it. */
  async configure(): Promise<void> {
    this.#isConfigurationDue = true;
    const file = await this.#world.tracker.configuration();
    const reading = this.#world.parseConfiguration(file?.text ?? "");
    const id = this.#lane.nextId("configure");
    await this.#lane.submit([{ type: "Configure", id, sha: file?.sha ?? "none", ...reading }]);
    this.#isConfigurationDue = false;
  }

  /** Once more where an earlier reading of the configuration failed, or when it moved. */
  async configureIfDue(hasMoved: boolean): Promise<void> {
    if (hasMoved || this.#isConfigurationDue) await this.configure();
  }

  /** What people did to the cockpit, now. */
  async lookAtCockpit(): Promise<void> {
    this.#isCockpitDue = true;
    await lookAtCockpit({ world: this.#world, lane: this.#lane });
    this.#isCockpitDue = false;
  }

  /** The cockpit is in the log: what was ticked between its opening and now was no cockpit's then. */
  meetCockpit(node: string): void {
    if (node === this.#cockpit) return;
    this.#cockpit = node;
    this.#isCockpitDue = true;
  }

  /**
   * What a poll shows of cockpits: ours is looked at where something happened to it, or an earlier look failed; another issue that
   * begins like one is like any other.
   */
  async lookAtCockpits(listed: NonNullable<Poll["cockpits"]>): Promise<void> {
    await this.lookAtListed(listed);
    if (this.#isCockpitDue) await this.lookAtCockpit();
  }

  /** The same, where nobody remembers what an earlier look was about. */
  async lookAtListed(listed: NonNullable<Poll["cockpits"]>): Promise<void> {
    const state = await this.#lane.stream.current();
    this.#scout.want({ issues: listed.map(({ number }) => number).filter((number) => !isCockpit(state, number)) });
    const isDue = listed.some((each) => isCockpit(state, each.number) && isWorthALook(state, each));
    if (isDue) await this.lookAtCockpit();
  }

  /** Somebody else's append, or the echo of our own: what it left in the outbox is ours to do. */
  async catchUp(head: string | null): Promise<void> {
    const before = this.#lane.stream.peek()?.version ?? 0;
    const version = await this.#parts.store.peek(this.#parts.stream, head);
    if (version !== before) await this.#lane.refresh();
  }

  /** Decides slash commands, in the order in which they were heard. */
  async instruct(comments: readonly HeardComment[]): Promise<void> {
    this.#heard.push(...comments);
    for (let comment = this.#heard[0]; comment !== undefined; comment = this.#heard[0]) {
      const state = await this.#lane.stream.current();
      const isOutside = this.#scout.isOutside(comment.number);
      const place = { tracker: this.#world.tracker, state, context: this.#lane.contextOf(state), isOutside };
      const command = await toInstruction(comment, place);
      const isWish = command !== null && startsWork(command, state) && !isCockpit(state, comment.number);
      const selection = isWish ? await this.#select(comment, command) : [];
      const index = this.#heard.indexOf(comment);
      if (index >= 0) this.#heard.splice(index, 1);
      // In one pass: what is selected only to be split, or for one agent, must not be started before that is said.
      if (command !== null) await this.#lane.submit([...selection, command]);
    }
  }

  /**
   * A person who may start work asked for it on an issue that nobody has selected: the command is the selection. The label
   * is put on for everybody to see; what counts is who commanded.
   */
  async #select(comment: HeardComment, command: Instruct): Promise<readonly Command[]> {
    const state = await this.#lane.stream.current();
    const { config, now } = this.#lane.contextOf(state);
    const [label] = config.select.labels;
    if (label === undefined || !permits(command.by.permission, config.trust)) return [];
    await this.#world.tracker.label(comment.number, label);
    const nothing = { everything: false, pulls: [], commits: [], tracked: [] };
    const observation = await this.#world.tracker.look({ ...nothing, issues: [comment.number] });
    const issues = observation.issues.map((facts) => ({ ...facts, selectedBy: { actor: command.by, at: now } }));
    return [{ type: "Observe", id: this.#lane.nextId("select"), observation: { ...observation, issues } }];
  }

  async #reportRuns(hints: readonly Hint[]): Promise<void> {
    const ended = new Set(hints.flatMap((hint) => (hint.kind === "run" && hint.state === "ended" ? [hint.run] : [])));
    for (const run of ended) this.#asking.suspect(run);
    const state = this.#lane.stream.peek();
    for (const id of state?.active.keys() ?? []) {
      const assignment = state?.tasks.get(id)?.assignment ?? null;
      if (assignment !== null && ended.has(assignment.run ?? "")) await this.#reportRun(id, assignment);
    }
  }

  /** How it ended is asked where its end is that of the session. */
  async #reportRun(task: TaskId, assignment: Assignment): Promise<void> {
    const { fence, run } = assignment;
    if (run === null) return;
    const facts = isRunOf(assignment) ? await this.#world.runs.inspect(run) : { state: "ended" as const };
    await this.#lane.submit([{ type: "ReportRun", id: this.#lane.nextId("run"), task, fence, run, ...facts }]);
  }
}

type Instruct = Extract<Command, { readonly type: "Instruct" }>;

/** Whether the command is to start work on an issue that is no task yet. */
function startsWork(command: Instruct, state: State): boolean {
  const verb = command.instruction?.verb;
  if (verb === undefined || state.tasks.has(command.task)) return false;
  return verb === "split" ? isSplittable(command.text) : startingVerbs.has(verb);
}

function toWanted(hints: readonly Hint[]): Partial<Wanted> {
  return {
    everything: hints.some((hint) => hint.kind === "everything"),
    issues: hints.flatMap((hint) => (hint.kind === "issue" ? [hint.number] : [])),
    pulls: hints.flatMap((hint) => (hint.kind === "pull" ? [hint.number] : [])),
    commits: hints.flatMap((hint) => (hint.kind === "commit" ? [hint.sha] : [])),
  };
}
