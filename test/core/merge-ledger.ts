/** Keeps account of merges by the events alone, apart from the core's own index, and finds those that should not have been asked for. */
import type { State } from "../../src/state/state.ts";
import type { Config } from "../../src/model/config.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Event, EventOf } from "../../src/model/event.ts";
import type { EffectId, TaskId } from "../../src/model/ids.ts";
import type { PullFacts } from "../../src/model/observation.ts";
import type { Task } from "../../src/model/task.ts";

/** What is known when an event is judged. */
export interface Bench {
  readonly state: State;
  readonly config: Config;
  /** Pull requests as they were observed in this pass. */
  readonly seen: readonly PullFacts[];
}

interface Asked {
  readonly pull: number;
  readonly sha: string;
  readonly files: readonly string[] | null;
  /** When its branch was to be brought up to date first; null: it is merged as it is. */
  readonly updatedAt: number | null;
}

type Request = EventOf<"MergeRequested" | "BranchUpdateRequested">;

/** So long one that is brought up to date keeps others waiting. */
const turnMs = 2 * 60 * 60_000;

/** Merges on their way, by task; one for each log. */
export class MergeLedger {
  readonly #onTheirWay = new Map<TaskId, Asked>();
  /** The commit of which GitHub has made no other, by task. */
  readonly #failed = new Map<TaskId, string>();
  /** The commit that the queue gave back, by task. */
  readonly #returned = new Map<TaskId, string>();

  /** What is wrong about `event`, which is about to be folded into the state. */
  judge(event: Event, bench: Bench, endOf: (task: Task) => string): readonly string[] {
    if (event.type !== "MergeRequested" && event.type !== "BranchUpdateRequested") return [];
    const task = bench.state.tasks.get(event.task);
    if (task === undefined) return [`${event.task} is to be merged and is not known`];
    const rules: readonly (readonly [boolean, string])[] = [
      ...wishes(task, event, bench),
      [task.assignment === null && task.retryAt === null, "while it is worked on, or is to be"],
      [endOf(task) === "open", "although it has ended"],
      [task.pull?.number === event.pull && task.pull.state === "open", "with another pull request"],
      [bench.seen.some((facts) => isAsItShould(facts, event)), "at a commit that was not seen green and mergeable"],
      [task.blockedBy.every((edge) => isThere(bench.state, { task, edge }, endOf)), "before what it depends on"],
      [this.#beside(event, bench.state).length === 0, `while ${this.#beside(event, bench.state).join()} has its turn`],
      ...(event.type === "MergeRequested" ? this.#mergeRules(event) : this.#updateRules(event)),
    ];
    const what = event.type === "MergeRequested" ? "merged" : "brought up to date";
    return rules.filter(([holds]) => !holds).map(([, wrong]) => `${event.task} is to be ${what} ${wrong}`);
  }

  #mergeRules(event: EventOf<"MergeRequested">): readonly (readonly [boolean, string])[] {
    return [
      [this.#overlapping(event).length === 0, `beside ${this.#overlapping(event).join()}, which may change the same`],
      [this.#returned.get(event.task) !== event.sha, "at a commit that the queue has given back"],
    ];
  }

  #updateRules({ task, sha }: EventOf<"BranchUpdateRequested">): readonly (readonly [boolean, string])[] {
    const before = this.#onTheirWay.get(task);
    const isRepeated = before?.sha === sha && before.updatedAt !== null;
    return [[!isRepeated && this.#failed.get(task) !== sha, "a second time at the same commit"]];
  }

  /** Whose branch is brought up to date, or for an update: whatever is merged, which would put it behind again. */
  #beside(event: Request, state: State): readonly TaskId[] {
    return [...this.#onTheirWay].flatMap(([id, { updatedAt }]) => {
      const other = state.tasks.get(id);
      if (id === event.task || other === undefined) return [];
      if (updatedAt === null) return event.type === "MergeRequested" ? [] : [id];
      return state.at - updatedAt < turnMs && !waitsForSomebody(other) ? [id] : [];
    });
  }

  /** Follows what has happened; `effects` are those that waited before. */
  note(event: Event, effects: ReadonlyMap<EffectId, Effect>, at: number): void {
    switch (event.type) {
      case "MergeRequested":
      case "BranchUpdateRequested":
        this.#onTheirWay.set(event.task, {
          pull: event.pull,
          sha: event.sha,
          files: event.files ?? null,
          updatedAt: event.type === "MergeRequested" ? null : at,
        });
        this.#returned.delete(event.task);
        return;
      case "BranchUpdateFailed":
        this.#onTheirWay.delete(event.task);
        this.#failed.set(event.task, event.sha);
        return;
      case "MergeReturned":
        this.#onTheirWay.delete(event.task);
        this.#returned.set(event.task, event.sha);
        return;
      case "PullRequestChanged":
        if (event.pull.state !== "open") this.#onTheirWay.delete(event.task);
        return;
      case "PullRequestLinked":
        if (this.#onTheirWay.get(event.task)?.pull !== event.pull.number) this.#onTheirWay.delete(event.task);
        return;
      case "EffectDropped":
        return this.#noteEnd(effects.get(event.effect));
      case "EffectSettled":
        if (event.isWithdrawn === true) this.#noteEnd(effects.get(event.effect));
        return;
      default:
        if (ends.has(event.type) && "task" in event && event.task !== null) this.#onTheirWay.delete(event.task);
    }
  }

  #noteEnd(effect: Effect | undefined): void {
    if (effect?.type !== "MergePull" && effect?.type !== "UpdateBranch") return;
    const asked = this.#onTheirWay.get(effect.task);
    const isSame = asked?.sha === effect.sha && (asked.updatedAt !== null) === (effect.type === "UpdateBranch");
    if (isSame) this.#onTheirWay.delete(effect.task);
  }

  #overlapping(event: EventOf<"MergeRequested">): readonly TaskId[] {
    const files = event.files ?? null;
    return [...this.#onTheirWay].flatMap(([id, other]) => {
      if (id === event.task || other.updatedAt !== null) return [];
      const isApart = files !== null && other.files !== null && !files.some((file) => other.files?.includes(file));
      return isApart ? [] : [id];
    });
  }
}

/** Nothing goes on with it before somebody has said something. */
function waitsForSomebody(task: Task): boolean {
  const isUntrusted = task.trust === null || task.pendingReason !== null;
  return isUntrusted || task.isHeld || task.manualReview !== null || task.upstreamFailed !== null;
}

/** With these it is on its way no more, whatever it was that ended it. */
const ends: ReadonlySet<Event["type"]> = new Set<Event["type"]>([
  "TaskCompleted",
  "TaskFailed",
  "TaskCancelled",
  "TaskReopened",
  "TaskUntracked",
  "RetryScheduled",
  "ManualReviewRequired",
  "TaskAssigned",
  "ReceiptRevoked",
]);

/** Somebody with write has said that it may be merged without a look: by the configuration, or by the mode and the label. */
function wishes(task: Task, event: Request, { state, config }: Bench): readonly (readonly [boolean, string])[] {
  const isRelaxed = (state.mode ?? config.mode) === "attack" && task.definition.quickWin;
  return [
    [config.merge !== "person" || isRelaxed, "although a person is to do that"],
    [config.done === "merged", "although nothing is done by merging"],
    [isInRightWay(event, config), "in another way than the configuration says"],
    [task.trust !== null && task.pendingReason === null, "without trust"],
    [!state.isPaused && !task.isHeld && !task.definition.heldByLabel, "although somebody said to wait"],
    [task.manualReview === null, "although a person must look first"],
  ];
}

function isInRightWay(event: Request, config: Config): boolean {
  return event.type === "BranchUpdateRequested" || (event.way === "queue") === (config.merge === "queue");
}

function isAsItShould(facts: PullFacts, event: Request): boolean {
  if ((facts.isBehind === true) !== (event.type === "BranchUpdateRequested")) return false;
  if (facts.number !== event.pull || facts.sha !== event.sha) return false;
  const isGreen = facts.requiredChecks === "success" || (facts.requiredChecks === "none" && facts.checks !== "failure");
  const isOffered = !facts.isDraft && facts.baseIsDefault && facts.isObjectedTo !== true && facts.isInQueue !== true;
  return facts.state === "open" && isGreen && isOffered && facts.mergeable === "yes";
}

/** A pull request that is enough to begin on is not enough to merge on. */
function isThere(
  state: State,
  { task, edge }: { readonly task: Task; readonly edge: Task["blockedBy"][number] },
  endOf: (task: Task) => string,
): boolean {
  if (task.unblocked.includes(edge.on)) return true;
  const blocker = state.tasks.get(edge.on);
  const end = blocker === undefined ? (state.externals.get(edge.on)?.state ?? "open") : endOf(blocker);
  return edge.kind === "hard" ? end === "completed" : end !== "open";
}
