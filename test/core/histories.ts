/**
 * Random histories of one stream: what a tracker, vendors, runs, people and the clock could say in any order, late, twice or
 * wrongly. Steps name things by what the state holds when they are played (the live fence, an effect that waits), so that
 * most of them matter.
 */
import fc from "fast-check";
import { configOf } from "../../src/state/config-in-force.ts";
import type { Context } from "../../src/model/context.ts";
import type { State } from "../../src/state/state.ts";
import type { Actor } from "../../src/model/actor.ts";
import type { Command, EffectOutcome } from "../../src/model/command.ts";
import type { Config } from "../../src/model/config.ts";
import { AgentConfig } from "../../src/model/config-agent.ts";
import { toAgentId, toCommandId, type EffectId, type TaskId } from "../../src/model/ids.ts";
import type { ScheduleNow } from "../../src/model/mode.ts";
import type { BlockerFacts, IssueFacts, PullFacts, SessionReport } from "../../src/model/observation.ts";
import type { SlashCommand } from "../../src/model/slash.ts";
import type { External } from "../../src/model/task.ts";
import {
  blocker,
  configOf as config,
  issue,
  observation,
  pull,
  report,
  stranger,
  taskId,
  writer,
} from "../support/build.ts";

/** A command before it is known when and on what it is played. */
export type Step = (place: { readonly state: State; readonly now: number }) => Unnamed;
type Unnamed = Command extends infer Each ? (Each extends Command ? Omit<Each, "id"> : never) : never;

export interface PlannedPass {
  /** Time that goes by before it. */
  readonly waitMs: number;
  readonly steps: readonly Step[];
  /** Ends as a pass of the App does: tick, schedule, lease. */
  readonly isFull: boolean;
  /** The commands of an earlier pass that come once more, counted back; 0: none do. */
  readonly repeats: number;
}

/** How likely a look brings what disturbs: often enough to matter, seldom enough that work goes on in between. */
const seldom = { freq: 12 };

/** Issues 1 to 5 may be tasks; 6 and 7 are only ever waited for. */
const task = fc.integer({ min: 1, max: 5 });
const pullNumber = fc.integer({ min: 20, max: 23 });
const bystander: Actor = { login: "tilda", id: 3, kind: "user", permission: "triage" };
const anybody = fc.constantFrom(writer, writer, writer, writer, writer, writer, bystander, stranger);
/** How long ago something was seen; mostly now. */
const age = fc.constantFrom(0, 0, 0, 1_000, 90_000);

const agents = [
  { id: "jules", type: "jules", capacity: 2, dispatch: "api", cost: 1 },
  { id: "cursor", type: "cursor", capacity: 1, dispatch: "workflow", quota: 9 },
  { id: "bifrost", type: "bifrost", capacity: 1, dispatch: "label" },
];
/** In force until a history configures something else. */
export const firstConfig: Config = config({ agents, ageing: { starvingAfter: "30s", everyNthStart: 2 } });
const configs: readonly Config[] = [
  firstConfig,
  config({
    mode: "balanced",
    trust: "triage",
    agents: agents.slice(0, 2),
    done: "reported",
    limits: { costPerTask: 2 },
    alerts: { issue: 42, queueDepth: 1 },
    health: { failures: 2, refusals: 2, sample: 3, within: "1h" },
  }),
  config({
    mode: "critical",
    agents: agents.slice(1),
    limits: { batch: 1, sessionsPerDay: 3, attemptsPerTask: 2 },
    health: { failures: 1, refusals: 1, rest: "3m", pause: "30s" },
  }),
  config({ agents: [] }),
  config({
    mode: "attack",
    agents: [{ id: "bifrost", type: "bifrost", capacity: 1, maxCapacity: 3, dispatch: "api" }],
    attack: {
      target: 2,
      momentum: { tasks: 1, within: "2m" },
      scale: { ready: 1, every: "1m" },
      spawn: { after: "1m", tasks: 1 },
    },
    limits: { attemptsPerTask: 100, sessionsPerDay: 1_000, costPerDay: 1_000 },
    phases: {},
  }),
  config({
    agents,
    attack: { momentum: { within: "5m" } },
    schedule: [{ mode: "attack", from: "Mon 10:00", to: "Mon 12:00" }],
    phases: { early: "effort", middle: "attack" },
  }),
  config({
    mode: "effort",
    agents: agents.slice(1).map((agent) => ({ ...agent, dispatch: "api" })),
    preemption: { after: "30s", perTask: 1 },
    limits: { inProgress: 2, labels: { "quick-win": 1, deps: 1 }, fairShare: true },
    ageing: { starvingAfter: "4m", everyNthStart: 1 },
    stale: { min: "2m", person: "10m", escalate: "30s" },
  }),
  config({
    agents,
    limits: { queue: 3 },
    patterns: [{ id: "deps", label: "deps", merged: 1, create: { title: "Update all" } }],
  }),
  config({ agents, merge: "auto", retry: { maxAttempts: 10 } }),
  config({ agents, strictStages: true, ageing: { starvingAfter: "30s", everyNthStart: 2 } }),
  config({ agents, merge: "queue", limits: { attemptsPerTask: 100 } }),
];

/** Half an hour after a history begins. */
const dateAt = 1_000_000_000 + 30 * 60_000;
/** What may be waited for and is no issue. */
const outside = [
  { id: `wait:date:${new Date(dateAt).toISOString()}`, reference: "1970-01-12T14:16Z", waitsFor: "date" },
  { id: "wait:person:tilda", reference: "@tilda", waitsFor: "person" },
  { id: "wait:workflow:o/r:ci.yml@main", reference: "workflow ci.yml on main", waitsFor: "workflow" },
  { id: "gh:9:pull-7", reference: "x/y#7", waitsFor: "pull" },
] as const;
const external = fc
  .record({ of: fc.constantFrom(...outside), state: fc.constantFrom("open", "open", "completed", "missing") })
  .map(({ of, state }): External => ({ ...of, id: of.id as TaskId, url: null, state: state as External["state"] }));
const wait = external.map((each): BlockerFacts => ({ ...each, kind: "hard", source: "body" }));

const edge = fc
  .record({
    on: fc.integer({ min: 1, max: 7 }),
    kind: fc.constantFrom("hard", "hard", "soft"),
    partial: fc.constantFrom(undefined, true),
    source: fc.constantFrom("native", "body"),
    state: fc.constantFrom("open", "completed", "not_planned", "missing"),
  })
  .map(({ on, ...facts }): BlockerFacts => blocker(on, facts as Partial<BlockerFacts>));

const ending: fc.Arbitrary<Partial<IssueFacts>> = fc.oneof(
  { weight: 16, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: anybody.map((by) => ({ state: "closed", stateReason: "completed", closedBy: by }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("not_planned", "duplicate")
      .map((stateReason) => ({ state: "closed", stateReason, closedBy: writer }) as const),
  },
  { weight: 1, arbitrary: anybody.map((by) => ({ reopenedBy: by })) },
);

const issueFacts = fc
  .record({
    number: task,
    age,
    dueInMs: fc.option(fc.constantFrom(0, 600_000, 7_200_000), seldom),
    labels: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom([], ["quick-win"]) },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          ["priority:urgent"],
          ["quick-win"],
          ["mode:attack", "estimate:10m"],
          ["hold"],
          ["mode:effort", "estimate:2h"],
          ["agent:cursor"],
          ["priority:no"],
          ["deps"],
        ),
      },
    ),
    selected: fc.option(fc.record({ by: anybody, age }), seldom),
    edited: fc.oneof(
      { weight: 6, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.record({ by: anybody, age, text: fc.integer({ min: 1, max: 3 }) }) },
    ),
    blockedBy: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(edge, { maxLength: 2 }) },
      { weight: 1, arbitrary: fc.array(wait, { minLength: 1, maxLength: 1 }) },
    ),
    child: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: task }),
    ending,
  })
  .map(
    (draw) =>
      (now: number): IssueFacts =>
        issue(draw.number, {
          // Bulk-made issues are of one second, so that ties do occur.
          createdAt: 0,
          updatedAt: now - draw.age,
          milestone:
            draw.dueInMs === null
              ? null
              : { title: "M", labels: [], createdAt: now - 3_600_000, dueAt: now + draw.dueInMs },
          labels: draw.selected === null ? draw.labels : ["orchestrate", ...draw.labels],
          selectedBy: draw.selected === null ? null : { actor: draw.selected.by, at: now - draw.selected.age },
          editedBy: draw.edited?.by ?? null,
          editedAt: draw.edited === null ? null : now - draw.edited.age,
          hash: `hash-${draw.number}-${draw.edited?.text ?? 0}`,
          blockedBy: draw.blockedBy,
          children: draw.child === null || draw.number < 4 ? [] : [blocker(draw.child, { source: "sub_issue" })],
          ...draw.ending,
        }),
  );

const standing: fc.Arbitrary<Partial<PullFacts>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.constant({ checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] } as const),
  },
  { weight: 1, arbitrary: fc.constant({ mergeable: "conflict" } as const) },
  { weight: 1, arbitrary: fc.constant({ state: "closed" } as const) },
  { weight: 1, arbitrary: fc.constant({ isInQueue: true } as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { checks: "pending", requiredChecks: "pending" } as const,
      { isDraft: true } as const,
      { isObjectedTo: true } as const,
      { baseIsDefault: false } as const,
      { mergeable: "unknown" } as const,
    ),
  },
  { weight: 2, arbitrary: anybody.map((mergedBy) => ({ state: "merged", mergedBy }) as const) },
);

const pullFacts = fc
  .record({
    number: pullNumber,
    of: task,
    age,
    sha: fc.constantFrom("a", "b"),
    isOurs: fc.boolean(),
    isVendor: fc.boolean(),
    isSameRepository: fc.constantFrom(true, true, true, false),
    isMarked: fc.boolean(),
    reverts: fc.option(pullNumber, { freq: 1 }),
    files: fc.constantFrom(null, ["a.ts"], ["a.ts", "b.ts"], ["b.ts", "c.ts"], ["d.ts"], ["e.ts"]),
    isUnreviewed: fc.boolean(),
    left: fc.option(
      fc.record({ agoMs: fc.constantFrom(0, 90_000), why: fc.constantFrom("checks", "conflict", "person") }),
    ),
    standing,
  })
  .map(
    (draw) =>
      ({ state, now }: { readonly state: State; readonly now: number }): PullFacts =>
        pull(draw.number, {
          updatedAt: now - draw.age,
          sha: draw.sha.repeat(40),
          branch: draw.isOurs ? `orchestrate/${draw.of}-work` : "feature",
          isSameRepository: draw.isSameRepository,
          ...(draw.isVendor ? {} : { author: writer }),
          marker: draw.isMarked ? { task: taskId(draw.of), fence: state.fence } : null,
          closes: draw.isMarked ? [] : [taskId(draw.of)],
          reverts: draw.reverts === null ? [] : [draw.reverts],
          files: draw.files,
          isUnreviewed: draw.isUnreviewed,
          leftQueue: draw.left === null ? null : { at: now - draw.left.agoMs, why: draw.left.why as "checks" },
          mergedAt: draw.standing.state === "merged" ? now : null,
          ...draw.standing,
        }),
  );

const look: fc.Arbitrary<Step> = fc
  .record({
    issues: fc.array(issueFacts, { maxLength: 2 }),
    pulls: fc.array(pullFacts, { maxLength: 2 }),
    gone: fc.oneof(
      { weight: 15, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.record({ number: task, reason: fc.constantFrom("deleted", "transferred") }) },
    ),
    externals: fc.array(external, { maxLength: 1 }),
    outside: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 }) },
    ),
  })
  .map((draw) => (place) => ({
    type: "Observe",
    observation: observation({
      issues: draw.issues.map((facts) => facts(place.now)),
      pulls: draw.pulls.map((facts) => facts(place)),
      gone: draw.gone === null ? [] : [{ id: taskId(draw.gone.number), reason: draw.gone.reason as "deleted" }],
      externals: draw.externals,
      ...(draw.outside === undefined ? {} : { outside: draw.outside }),
    }),
  }));

const sessionReport: fc.Arbitrary<SessionReport> = fc
  .record({
    state: fc.constantFrom<SessionReport["state"][]>(
      "queued",
      "running",
      "running",
      "waiting",
      "succeeded",
      "succeeded",
      "failed",
      "cancelled",
      "not_found",
      "unknown",
    ),
    pull: fc.option(pullNumber),
    isKnown: fc.boolean(),
    costUsd: fc.constantFrom(null, 0, 1.5),
  })
  .map((draw) =>
    report(draw.state, {
      pullUrl: draw.pull === null ? null : pull(draw.pull).url,
      costUsd: draw.costUsd,
      ...(draw.isKnown ? {} : { session: null }),
    }),
  );

const outcome: fc.Arbitrary<EffectOutcome> = fc.oneof(
  fc.constantFrom<EffectOutcome[]>(
    { kind: "done" },
    { kind: "surfaced", surface: { comment: "IC_9", digest: "d", labels: [] } },
    { kind: "started", session: { id: "sessions/9", url: null } },
    { kind: "dispatched", run: "100" },
    { kind: "created", number: 4 },
    { kind: "refused", reason: "full", retryAfterMs: null },
    { kind: "cannot_cancel", reason: "no way" },
    { kind: "changed_text" },
    { kind: "delayed", reason: "outage", retryAfterMs: 5_000 },
    { kind: "dropped", reason: "gone" },
    { kind: "withdrawn" },
  ),
  sessionReport.map((each) => ({ kind: "ended", report: each }) as const),
);

function byId([a]: readonly [TaskId, unknown], [b]: readonly [TaskId, unknown]): number {
  return a < b ? -1 : 1;
}

/** A task with a live assignment where there is one, and its fence or the one before it. */
function fencedAt(state: State, place: number, back: number): { readonly task: TaskId; readonly fence: number } {
  // By id: the order in a table is not the same after a snapshot.
  const live = [...state.tasks.entries()].filter(([, each]) => each.assignment !== null).toSorted(byId);
  const [id, found] = live[place % Math.max(1, live.length)] ?? [taskId(place), undefined];
  return { task: id, fence: (found?.assignment?.fence ?? state.fence) - back };
}

const back = fc.constantFrom(0, 0, 0, 0, 0, 1);
const run = fc.constantFrom("100", "200");

const fenced: fc.Arbitrary<Step> = fc
  .record({ number: task, back, run, report: sessionReport, outcome, which: fc.nat(5) })
  .map((draw) => ({ state }) => {
    const base = fencedAt(state, draw.number, draw.back);
    if (draw.which === 0) return { type: "ClaimAssignment", ...base, run: draw.run };
    if (draw.which === 1) return { type: "ReportOutcome", ...base, outcome: draw.outcome };
    if (draw.which === 2) return { type: "ReportRun", ...base, run: draw.run, state: "ended" };
    return { type: "ReportSession", ...base, report: draw.report };
  });

const settlement: fc.Arbitrary<Step> = fc
  .array(fc.record({ place: fc.nat(9), outcome }), { minLength: 1, maxLength: 3 })
  .map((draws) => ({ state }) => {
    const waiting = [...state.outbox.keys()];
    return {
      type: "SettleEffects",
      settled: draws.map((draw) => ({
        effect: waiting[draw.place] ?? (`e${draw.place}` as EffectId),
        outcome: draw.outcome,
      })),
    };
  });

const instructions: fc.Arbitrary<SlashCommand | null> = fc.oneof(
  fc.constantFrom<(SlashCommand | null)[]>(
    null,
    { verb: "approve" },
    { verb: "retry" },
    { verb: "retry" },
    { verb: "complete" },
    { verb: "cancel" },
    { verb: "hold" },
    { verb: "pause" },
    { verb: "resume", number: null },
    { verb: "resume", number: null },
    { verb: "resume", number: null },
    { verb: "fail", reason: "no good" },
    { verb: "mode", mode: "effort" },
    { verb: "mode", mode: "attack" },
    { verb: "attack", to: "on" },
    { verb: "attack", to: "off" },
    { verb: "priority", priority: 1 },
    { verb: "estimate", minutes: 5 },
    { verb: "assign", target: "cursor" },
    { verb: "assign", target: "jules/2" },
    { verb: "assign", target: "nobody" },
    { verb: "handoff", target: "cursor" },
    { verb: "handoff", target: "jules" },
    { verb: "handoff", target: "bifrost/1" },
    { verb: "swarm", workers: 2 },
    { verb: "swarm", workers: 2 },
    { verb: "swarm", workers: 0 },
    { verb: "stop" },
    { verb: "undo" },
    { verb: "undo" },
    { verb: "disable", worker: "jules/1" },
    { verb: "enable", worker: "jules" },
  ),
  task.map((number) => ({ verb: "resume", number }) as const),
  fc.constantFrom(...outside).map(({ reference }) => ({ verb: "unblock", wait: reference }) as const),
  fc
    .record({ verb: fc.constantFrom("blocked-by", "unblock"), number: fc.integer({ min: 1, max: 7 }) })
    .map((draw) => ({ ...draw, repository: null }) as SlashCommand),
);

const instruction: fc.Arbitrary<Step> = fc
  .record({ number: fc.integer({ min: 1, max: 6 }), by: anybody, instruction: instructions })
  .map((draw) => () => {
    const named =
      draw.instruction !== null && "repository" in draw.instruction ? blocker(draw.instruction.number) : null;
    return {
      type: "Instruct",
      by: draw.by,
      task: taskId(draw.number),
      comment: `IC_${draw.number}`,
      instruction: draw.instruction,
      problem: draw.instruction === null ? "There is no such command." : null,
      reference: named,
    };
  });

const modeSwitch: fc.Arbitrary<Step> = fc
  .constantFrom(null, "effort" as const, "attack" as const)
  .map((mode) => () => ({ type: "SwitchMode", mode, by: "http:token" }));

const override: fc.Arbitrary<Step> = fc
  .record({ number: fc.integer({ min: 1, max: 6 }), target: fc.constantFrom("jules", "jules/2", "bifrost", "nobody") })
  .map(({ number, target }) => () => ({ type: "RequestAssignment", task: taskId(number), target, by: "http:token" }));

/** Agents that are registered beside those of the file, some with an id that a file has. */
const registered = [
  { id: "runner", type: "jules", capacity: 2, dispatch: "api" },
  { id: "runner", type: "cursor", capacity: 1, dispatch: "workflow", cost: 2 },
  { id: "cursor", type: "cursor", capacity: 1, dispatch: "api" },
  { id: "bifrost", type: "bifrost", capacity: 1, maxCapacity: 3, dispatch: "api" },
].map((agent) => AgentConfig.parse(agent));

const registry: fc.Arbitrary<Step> = fc
  .record({
    which: fc.constantFrom("RegisterAgent", "RegisterAgent", "ReviseAgent", "RemoveAgent", "capacity", "switch"),
    definition: fc.constantFrom(...registered),
    agent: fc.constantFrom("jules", "cursor", "bifrost", "runner").map(toAgentId),
    capacity: fc.constantFrom(null, 1, 2, 3),
    is: fc.constantFrom(true, false),
  })
  .map(({ which, definition, agent, capacity, is }) => () => {
    const by = "http:token";
    if (which === "RegisterAgent") return { type: which, definition, by };
    if (which === "ReviseAgent") return { type: which, agent: toAgentId(definition.id), definition, by };
    if (which === "RemoveAgent") return { type: which, agent, by };
    if (which === "capacity") return { type: "ReviseAgent", agent, capacity, by };
    return { type: "ReviseAgent", agent, by, ...(is ? { isEnabled: true } : { isEnabled: false, isReset: true }) };
  });

/** The same few again and again, and the issue of one may be observed as one that was here before. */
const submission: fc.Arbitrary<Step> = fc.constantFrom("s1", "s2", "s3").map((id) => () => ({
  type: "SubmitTask",
  submission: { id, title: "Fix it", body: "Now.", labels: [], blockedBy: [], by: "http:wanda" },
}));

const resolution: fc.Arbitrary<Step> = fc
  .record({
    number: fc.integer({ min: 1, max: 6 }),
    kind: fc.constantFrom("merge", "overlap", "claim", "dependency", "silence"),
    resolution: fc.constantFrom("reassign", "queue", "escalate"),
    target: fc.constantFrom(null, null, "jules", "bifrost", "nobody"),
    after: fc.oneof(fc.constant(null), task.map(taskId)),
  })
  .map(({ number, ...wish }) => () => ({
    type: "ResolveConflict",
    task: taskId(number),
    ...wish,
    by: "http:wanda",
    reason: null,
  }));

const configure: fc.Arbitrary<Step> = fc.integer({ min: -1, max: configs.length - 1 }).map((index) => () => ({
  type: "Configure",
  sha: `sha-${index}`,
  config: configs[index] ?? null,
  problems: index < 0 ? ["line 1: bad"] : [],
}));

const lease: fc.Arbitrary<Step> = fc
  .record({ owner: fc.constantFrom("one", "two"), limit: fc.integer({ min: 1, max: 5 }) })
  .map(({ owner, limit }) => ({ now }) => ({ type: "LeaseEffects", owner, limit, until: now + 180_000 }));

const step = fc.oneof(
  { weight: 5, arbitrary: look },
  { weight: 1, arbitrary: submission },
  { weight: 2, arbitrary: resolution },
  { weight: 9, arbitrary: fenced },
  { weight: 3, arbitrary: settlement },
  { weight: 3, arbitrary: instruction },
  { weight: 1, arbitrary: lease },
  { weight: 1, arbitrary: configure },
  { weight: 1, arbitrary: registry },
  { weight: 1, arbitrary: modeSwitch },
  { weight: 1, arbitrary: override },
);

/** A history: passes one after another. It begins with a look, so that there is something to speak of. */
export const histories: fc.Arbitrary<readonly PlannedPass[]> = fc
  .record({
    first: fc.array(issueFacts, { minLength: 2, maxLength: 5 }),
    passes: fc.array(
      fc.record({
        waitMs: fc.constantFrom(0, 1_000, 40_000, 4 * 60_000, 50 * 60_000, 25 * 60 * 60_000),
        steps: fc.array(step, { minLength: 1, maxLength: 4 }),
        isFull: fc.constantFrom(true, true, false),
        repeats: fc.constantFrom(0, 0, 0, 1, 4),
      }),
      { minLength: 1, maxLength: 30, size: "max" },
    ),
  })
  .map(({ first, passes }) => [
    {
      waitMs: 0,
      steps: [
        ({ now }) => ({ type: "Observe", observation: observation({ issues: first.map((facts) => facts(now)) }) }),
      ],
      isFull: true,
      repeats: 0,
    },
    ...passes,
  ]);

const prefixes: { readonly [Type in Command["type"]]?: string } = { Instruct: "comment", SwitchMode: "http" };

/** The commands of a pass on the state as it is. Those that come from outside keep their ids in the log. */
export function commandsOf(
  planned: PlannedPass,
  place: { readonly state: State; readonly now: number; readonly index: number },
): readonly Command[] {
  const named = planned.steps.map((each, at): Command => {
    const unnamed = each(place);
    const prefix = prefixes[unnamed.type] ?? "~test";
    return { ...unnamed, id: toCommandId(`${prefix}:${place.index}.${at}`) } as Command;
  });
  if (!planned.isFull) return named;
  const id = (kind: string): Command["id"] => toCommandId(`~test:${kind}:${place.index}`);
  return [
    ...named,
    { type: "Tick", id: id("tick") },
    { type: "Schedule", id: id("schedule") },
    { type: "LeaseEffects", id: id("lease"), owner: "one", until: place.now + 180_000, limit: 100 },
  ];
}

/** The context that the lane would give. */
export function contextOf(state: State, now: number): Context {
  const config = configOf(state, firstConfig);
  return { now, config, schedule: scheduleAt(config.schedule, now) };
}

/** A clock of its own: a rule is in force every other quarter of an hour. */
function scheduleAt(rules: Config["schedule"], now: number): ScheduleNow {
  const turn = Math.floor(now / 900_000);
  const [rule] = rules;
  const isOn = rule !== undefined && turn % 2 === 1;
  return {
    rule: isOn ? { key: `${rule.mode}@${turn}`, mode: rule.mode } : null,
    nextAt: rule === undefined ? null : (turn + 1) * 900_000,
  };
}
