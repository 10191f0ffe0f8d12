/**
 * Slow and obvious answers about small backlogs, written from the documented rules: every answer looks at the whole backlog again.
 * Shares no code with src. Answers are as JSON says them.
 */
import fc from "fast-check";

export interface GivenTask {
  readonly id: string;
  readonly status?: string;
  readonly priority?: number;
  readonly estimateMinutes?: number;
  readonly createdAt?: number;
  readonly labels?: readonly string[];
  readonly blockedBy?: readonly (string | { readonly id: string; readonly kind: "hard" | "soft" })[];
}

export interface Given {
  readonly mode?: string;
  readonly weights?: { readonly priority: number; readonly blocker: number; readonly effort: number };
  readonly now?: number;
  readonly tasks: readonly GivenTask[];
}

const statuses = [
  "pending",
  "ready",
  "blocked",
  "completed",
  "completed",
  "failed",
  "cancelled",
  "in_progress",
  "review",
];

/** Few distinct values, so that ties are common. */
function anyTask(names: readonly string[], place: number, edges: "any" | "earlier"): fc.Arbitrary<GivenTask> {
  const others = edges === "any" ? names : names.slice(0, place);
  const blocker = fc.constantFrom(...(others.length === 0 ? ["none"] : others));
  const edge = fc.oneof(
    { weight: 3, arbitrary: blocker },
    { weight: 1, arbitrary: fc.record({ id: blocker, kind: fc.constantFrom("hard" as const, "soft" as const) }) },
  );
  return fc.record(
    {
      id: fc.constant(names[place] ?? ""),
      status: fc.constantFrom(...statuses),
      priority: fc.integer({ min: 1, max: 5 }),
      estimateMinutes: fc.constantFrom(0, 5, 14, 15, 30, 45, 60, 100),
      createdAt: fc.constantFrom(0, 86_400_000, 604_800_000, 6_048_000_000),
      labels: fc.constantFrom([], ["quick-win"], ["docs"]),
      blockedBy: others.length === 0 ? fc.constant([]) : fc.array(edge, { maxLength: 3 }),
    },
    { requiredKeys: ["id"] },
  );
}

/** Any small backlog: repeated edges, and with `any` circles and tasks that wait for themselves. The input is not in topological order. */
export function anyBacklog(edges: "any" | "earlier"): fc.Arbitrary<Given> {
  const ids = Array.from({ length: 14 }, (_, place) => `t${place + 10}`);
  return fc.shuffledSubarray(ids, { minLength: 1 }).chain((names) =>
    fc.record(
      {
        tasks: fc
          .tuple(...names.map((_, place) => anyTask(names, place, edges)))
          .map((tasks) => tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1))),
        now: fc.constant(6_048_000_000),
        weights: fc.constantFrom(
          { priority: 0.4, blocker: 0.3, effort: 0.3 },
          { priority: 0, blocker: 1, effort: 0 },
          { priority: 1, blocker: 0, effort: 2 },
        ),
      },
      { requiredKeys: ["tasks"] },
    ),
  );
}

export class Oracle {
  readonly #given: Given;
  readonly #byId: ReadonlyMap<string, GivenTask>;

  constructor(given: Given) {
    this.#given = given;
    this.#byId = new Map(given.tasks.map((task) => [task.id, task]));
  }

  open(): readonly GivenTask[] {
    return this.#given.tasks.filter((task) => !this.#hasEnded(task.id));
  }

  /** One entry a blocker; hard where any of its edges is. */
  edges(task: GivenTask): readonly { readonly id: string; readonly hard: boolean }[] {
    const all = (task.blockedBy ?? []).map((edge) =>
      typeof edge === "string" ? { id: edge, hard: true } : { id: edge.id, hard: edge.kind === "hard" },
    );
    const ids = [...new Set(all.map(({ id }) => id))];
    return ids.map((id) => ({ id, hard: all.some((edge) => edge.id === id && edge.hard) }));
  }

  /** What the task waits for once those in `done` are completed. */
  blockers(task: GivenTask, done: ReadonlySet<string> = new Set()): readonly string[] {
    return this.edges(task)
      .filter(({ id, hard }) => !done.has(id) && (hard ? this.#status(id) !== "completed" : !this.#hasEnded(id)))
      .map(({ id }) => id);
  }

  ready(): ReadonlySet<string> {
    const startable = this.open().filter(
      (task) => this.blockers(task).length === 0 && !["in_progress", "review"].includes(this.#status(task.id)),
    );
    return new Set(startable.map(({ id }) => id));
  }

  /** Again and again the best of those that wait for nothing any more. */
  order(mode: string): readonly string[] {
    const done = new Set<string>();
    for (;;) {
      const startable = this.open().filter((task) => !done.has(task.id) && this.blockers(task, done).length === 0);
      const [best] = startable.toSorted((a, b) => this.compare(mode, a, b));
      if (best === undefined) return [...done];
      done.add(best.id);
    }
  }

  /** Each stage takes everything that the ones before it set free. */
  stages(): readonly (readonly string[])[] {
    const found: string[][] = [];
    const done = new Set<string>();
    for (;;) {
      const startable = this.open().filter((task) => !done.has(task.id) && this.blockers(task, done).length === 0);
      if (startable.length === 0) return found;
      found.push(startable.map(({ id }) => id));
      for (const { id } of startable) done.add(id);
    }
  }

  direct(id: string): readonly string[] {
    return this.open()
      .filter((task) => task.id !== id && this.edges(task).some((edge) => edge.id === id && edge.hard))
      .map((task) => task.id);
  }

  transitive(id: string): number {
    const found = new Set<string>();
    const queue = [id];
    for (const next of queue) {
      for (const dependent of this.direct(next)) {
        if (found.has(dependent) || dependent === id) continue;
        found.add(dependent);
        queue.push(dependent);
      }
    }
    return found.size;
  }

  minutes(id: string): number {
    return this.#byId.get(id)?.estimateMinutes ?? 30;
  }

  /** The longest way through tasks that can be reached; a task that cannot is nobody's way. */
  tail(id: string, reachable = new Set(this.order("priority"))): number {
    const behind = reachable.has(id) ? this.direct(id).filter((next) => reachable.has(next)) : [];
    return this.minutes(id) + Math.max(0, ...behind.map((next) => this.tail(next, reachable)));
  }

  /** Whether the task waits, through others or not, for itself. */
  isCyclic(id: string): boolean {
    const seen = new Set<string>();
    const queue = [id];
    for (const next of queue) {
      for (const edge of this.edges(this.#byId.get(next) ?? { id: next })) {
        if (this.#hasEnded(edge.id) || seen.has(edge.id)) continue;
        seen.add(edge.id);
        queue.push(edge.id);
      }
    }
    return seen.has(id);
  }

  score(task: GivenTask): number {
    const { weights = { priority: 0.4, blocker: 0.3, effort: 0.3 }, now } = this.#given;
    const sum = weights.priority + weights.blocker + weights.effort;
    const open = this.open();
    const top = (values: readonly number[]): number => {
      let power = 1;
      while (power < Math.max(...values)) power *= 2;
      return power;
    };
    const transitive = this.transitive(task.id) / top(open.map(({ id }) => this.transitive(id)));
    const minutes = this.minutes(task.id) / top(open.map(({ id }) => this.minutes(id)));
    const weeks = now === undefined || task.createdAt === undefined ? 0 : (now - task.createdAt) / 604_800_000;
    return (
      (weights.priority / sum) * ((5 - (task.priority ?? 5)) / 4) +
      (weights.blocker / sum) * transitive +
      (weights.effort / sum) * (1 - minutes) +
      0.05 * weeks
    );
  }

  /** Whether two different tasks come to the same score but for the last digits, where the way of adding up decides. */
  hasNarrowScores(): boolean {
    const partsOf = (task: GivenTask): string =>
      JSON.stringify([task.priority ?? 5, this.transitive(task.id), this.minutes(task.id), task.createdAt]);
    const scored = this.open().map((task) => ({ score: this.score(task), parts: partsOf(task) }));
    return scored.some((a) => scored.some((b) => a.parts !== b.parts && Math.abs(a.score - b.score) < 1e-9));
  }

  /** Below 0 when `a` goes first. */
  compare(mode: string, a: GivenTask, b: GivenTask): number {
    const effort = (task: GivenTask): number => task.estimateMinutes ?? Infinity;
    const isQuick = (task: GivenTask): boolean => task.labels?.includes("quick-win") === true || effort(task) < 15;
    const keys: Readonly<Record<string, (task: GivenTask) => readonly number[]>> = {
      priority: () => [],
      blocker: ({ id }) => [-this.transitive(id), -this.direct(id).length],
      effort: (task) => [effort(task)],
      balanced: (task) => [-this.score(task)],
      critical: ({ id }) => [-this.tail(id)],
      attack: (task) => [isQuick(task) ? 0 : 1, effort(task)],
    };
    const ties = (task: GivenTask): readonly number[] => [
      task.priority ?? 5,
      task.createdAt ?? Infinity,
      this.#given.tasks.indexOf(task),
    ];
    const [left, right] = [a, b].map((task) => [...(keys[mode]?.(task) ?? []), ...ties(task)]) as [number[], number[]];
    const place = left.findIndex((key, index) => key !== right[index]);
    return place === -1 ? 0 : (left[place] as number) < (right[place] as number) ? -1 : 1;
  }

  #status(id: string): string {
    return this.#byId.get(id)?.status ?? "pending";
  }

  #hasEnded(id: string): boolean {
    return ["completed", "failed", "cancelled"].includes(this.#status(id));
  }
}
