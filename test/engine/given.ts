/** An engine on the memory store: a tracker, agents and runs that do as the test says and count what they are asked. */
import { setImmediate } from "node:timers/promises";
import { readTemplateText } from "../../src/config/parse-template.ts";
import { Lane, type LaneHooks } from "../../src/engine/lane.ts";
import type { EngineParts, World } from "../../src/engine/parts.ts";
import { createMemoryStore } from "../../src/memory/memory-store.ts";
import type { Config } from "../../src/model/config.ts";
import type { Entry, Event } from "../../src/model/event.ts";
import { toStreamId } from "../../src/model/ids.ts";
import type { IssueFacts, PullFacts } from "../../src/model/observation.ts";
import type { Agent, Assignable, StartOutcome } from "../../src/ports/agent.ts";
import type { CockpitKeeper, CockpitLook } from "../../src/ports/cockpit.ts";
import type { EventStore } from "../../src/ports/store.ts";
import type { IssueSurface, RunFacts, StandingComment, Wanted } from "../../src/ports/tracker.ts";
import type { WriteOutcome } from "../../src/ports/write-outcome.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { configOf, observation, report } from "../support/build.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";

export const stream = toStreamId(7);
export const minute = 60_000;

/** Lets everything that is on its way without time arrive. */
export async function rest(): Promise<void> {
  for (let round = 0; round < 30; round += 1) await setImmediate();
}

/** Lets time pass in steps, so that what a timer sets off may set others. */
export async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    await clock.advance(Math.min(1_000, left));
    await rest();
  }
}

export interface CountingStore extends EventStore {
  /** Entries of each append that landed. */
  readonly appends: readonly (readonly string[])[];
  /** Called before each append; what it throws is what the caller sees. Returns "land" to fail after it has landed. */
  trouble: (() => "fine" | "land") | null;
  events(): Promise<readonly Event[]>;
}

export function countingStore(fault: (message: string) => Error): CountingStore {
  const store = createMemoryStore();
  const appends: (readonly string[])[] = [];
  const self: CountingStore = {
    ...store,
    appends,
    trouble: null,
    async append(id, version, append) {
      const how = self.trouble?.() ?? "fine";
      const outcome = await store.append(id, version, append);
      if (outcome === "appended") appends.push(append.entries);
      if (how === "land") throw fault("The answer was lost.");
      return outcome;
    },
    async events() {
      const log = await store.read(stream);
      return log.entries.flatMap((line) => (JSON.parse(line) as Entry).events);
    },
  };
  return self;
}

export function partsOf(
  owner: string,
  ground: { readonly store: EventStore; readonly clock: ManualClock },
): EngineParts {
  return {
    stream,
    repository: "o/r",
    defaultBranch: "main",
    owner,
    chance: createSeededChance(owner),
    journal: silentJournal,
    ...ground,
  };
}

/** A lane that asks nobody for more commands. */
export function laneOf(parts: EngineParts, hooks: Partial<LaneHooks> = {}): Lane {
  return new Lane(parts, {
    before: () => [],
    after: () => [],
    project: () => [],
    summarise: () => "Decide",
    appended: () => undefined,
    settled: () => undefined,
    halted: () => undefined,
    ...hooks,
  });
}

export interface FakeWorld {
  readonly world: World;
  readonly issues: Map<number, IssueFacts>;
  readonly pulls: Map<number, PullFacts>;
  readonly looks: readonly Wanted[];
  readonly starts: readonly Assignable[];
  readonly written: readonly IssueSurface[];
  readonly kept: readonly StandingComment[];
  /** What the tracker says to a standing comment. */
  onKeep: (comment: StandingComment) => WriteOutcome;
  /** The cockpit's issue: what was asked for, and what a look at it finds. */
  readonly cockpit: {
    readonly opened: string[];
    readonly written: Parameters<CockpitKeeper["write"]>[0][];
    looks: number;
    look: CockpitLook;
  };
  /** Called before each look; may throw. */
  beforeLook: () => void;
  /** What the vendor says to a start. */
  onStart: (assignable: Assignable) => StartOutcome | Promise<StartOutcome>;
  readonly agent: { -readonly [Key in keyof Agent]: Agent[Key] };
  /** How every run is that is looked at. */
  onRun: () => RunFacts;
}

/** A tracker with `issues`, and one agent for all. Sessions run until the test says otherwise. */
export function fakeWorld(issues: readonly IssueFacts[], config: Config = configOf()): FakeWorld {
  const looks: Wanted[] = [];
  const starts: Assignable[] = [];
  const written: IssueSurface[] = [];
  const kept: StandingComment[] = [];
  const agent: FakeWorld["agent"] = {
    async start(assignable) {
      starts.push(assignable);
      return self.onStart(assignable);
    },
    watch: async (session) => report("running", { session }),
    cancel: async () => ({ kind: "ended", report: report("cancelled") }),
  };
  const nothing: Wanted = { everything: false, issues: [], pulls: [], commits: [], tracked: [] };
  const self: FakeWorld = {
    issues: new Map(issues.map((facts) => [facts.number, facts])),
    pulls: new Map(),
    looks,
    starts,
    written,
    kept,
    cockpit: { opened: [], written: [], looks: 0, look: { kind: "gone" } },
    onKeep: () => ({ kind: "written", commentNode: "IC_9" }),
    agent,
    onRun: () => ({ state: "running", conclusion: null }),
    beforeLook: () => undefined,
    onStart: ({ fence }) => ({ kind: "started", session: { id: `sessions/${fence}`, url: null } }),
    world: {
      agents: { find: () => agent },
      runs: {
        dispatch: async () => ({ kind: "dispatched", run: "100" }),
        inspect: async () => self.onRun(),
        inspectAll: async (runs) => new Map(runs.map((run) => [run, self.onRun()])),
        cancel: async () => ({ kind: "requested" }),
      },
      parseConfiguration: () => ({ config, problems: [] }),
      parseTemplate: readTemplateText,
      tracker: {
        async look(wanted) {
          looks.push(wanted);
          self.beforeLook();
          const isWanted = (number: number): boolean => wanted.everything || wanted.issues.includes(number);
          return observation({
            isComplete: wanted.everything,
            issues: [...self.issues.values()].filter((facts) => isWanted(facts.number)),
            pulls: [...self.pulls.values()].filter((pull) => wanted.pulls.includes(pull.number)),
          });
        },
        poll: async () => ({ wanted: nothing, comments: [], configurationMoved: false, stateMoved: false }),
        catchUp: async () => ({
          wanted: nothing,
          comments: [],
          cockpits: [],
          cursor: { issues: 0, near: [], events: 0, comments: 0 },
        }),
        hear: async () => [],
        resolve: async () => null,
        configuration: async () => ({ text: "", sha: "sha-1" }),
        template: async () => null,
        async write(surfaces) {
          written.push(...surfaces);
          return surfaces.map(() => ({ kind: "written", commentNode: "IC_1" }) as const);
        },
        react: async (reactions) => reactions.map(() => ({ kind: "written", commentNode: null }) as const),
        async keepComment(comment) {
          kept.push(comment);
          return self.onKeep(comment);
        },
        reportConfiguration: async () => ({ kind: "written", commentNode: null }),
        mergePull: async () => ({ kind: "merged" }),
        enqueuePull: async () => ({ kind: "queued" }),
        updateBranch: async () => ({ kind: "updated" }),
        async brief(number) {
          const facts = self.issues.get(number);
          if (facts === undefined) return null;
          return { number, url: facts.url, title: facts.title, body: "", hash: facts.hash };
        },
        cockpit: {
          async open({ body }) {
            self.cockpit.opened.push(body);
            const place = { issue: 900, node: "I_900", url: "https://github.test/o/r/issues/900" };
            self.cockpit.look = { kind: "here", isOpen: true, body, edits: [] };
            return { kind: "open", place, isClosed: false, isFound: false };
          },
          async look() {
            self.cockpit.looks += 1;
            return self.cockpit.look;
          },
          async write(wanted) {
            self.cockpit.written.push(wanted);
            return { kind: "written", commentNode: null };
          },
        },
        readFailures: async () => null,
        findOperators: async (logins) => logins.map((login) => ({ login, presence: "available", until: null })),
        createIssue: async () => ({ kind: "created", number: 99 }),
        label: async () => ({ kind: "written", commentNode: null }),
      },
    },
  };
  return self;
}

export { createManualClock };
