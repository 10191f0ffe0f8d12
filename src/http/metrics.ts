/** GET /metrics: the figures of every repository for Prometheus, as this copy of the App knows them. */
import { z } from "zod";
import { findConflicts } from "../core/conflicts.ts";
import { readingOf } from "../fold/figures.ts";
import { depthOf, queueDepthOf } from "../core/queue-depth.ts";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import { waitBoundsMs } from "../engine/counters.ts";
import type { Repository } from "../engine/repository.ts";
import { conflictKinds } from "../model/conflict.ts";
import { renderFamilies, type Family } from "../views/exposition.ts";
import type { Call, Route } from "./route.ts";

export const metrics: Route = {
  method: "GET",
  path: "/metrics",
  access: "token",
  summary: "The figures of every repository, for Prometheus",
  input: z.object({}),
  output: z.string(),
  mediaType: "text/plain; version=0.0.4; charset=utf-8",
  answer: answerMetrics,
};

/** One repository whose state has been read. */
interface Place {
  readonly repository: Repository;
  readonly state: State;
  readonly context: Context;
}

/** Reads what is in memory, and never the store. */
function answerMetrics({ ground }: Call): string {
  const places = ground.repositories().flatMap((repository): readonly Place[] => {
    const state = repository.lane.stream.peek();
    return state === null ? [] : [{ repository, state, context: repository.lane.contextOf(state) }];
  });
  return renderFamilies([...gaugesOf(places), ...countersOf(places), waitsOf(places), ...memoryOf(ground, places)]);
}

type Read = (place: Place) => number;

function familyOf(
  type: "gauge" | "counter",
  places: readonly Place[],
): (name: string, help: string, read: Read) => Family {
  return (name, help, read) => ({
    name,
    type,
    help,
    samples: places.map((place) => ({ labels: { repository: place.repository.name }, value: read(place) })),
  });
}

function gaugesOf(places: readonly Place[]): readonly Family[] {
  const gauge = familyOf("gauge", places);
  return [
    gauge("queue_depth", "Tasks that could start now.", ({ state, context }) => depthOf(state, context)),
    gauge(
      "held_back_tasks",
      "Ready tasks that an earlier stage or a limit on work in progress keeps from being started.",
      ({ state, context }) => state.ready.size - depthOf(state, context),
    ),
    gauge(
      "blocked_tasks",
      "Open tasks that are neither ready nor in hand.",
      ({ state, context }) => queueDepthOf(state, context).blocked,
    ),
    gauge("active_tasks", "Tasks that a worker has.", ({ state }) => state.occupied.size),
    gauge("open_tasks", "Tasks that have not ended.", ({ state }) => state.openCount),
    gauge(
      "task_completion_rate",
      "Tasks completed in the last hour.",
      ({ state, context }) => readingOf(state, context.now).throughput,
    ),
    gauge("error_rate", "The share of the sessions of the last hour that ended badly.", errorRate),
    gauge(
      "p95_assignment_latency_ms",
      "Of the tasks that were started in the last hour, from ready to assigned.",
      latency,
    ),
    gauge(
      "cost_usd_per_hour",
      "What the sessions that ended in the last hour have cost, US dollars.",
      ({ state, context }) => readingOf(state, context.now).costUsd,
    ),
    heartbeatAges(places),
    conflictsNow(places),
    gauge("seconds_since_refresh", "Since the tracker was last asked what is new.", sinceRefresh),
  ];
}

const hourMs = 60 * 60_000;

function errorRate({ state, context }: Place): number {
  let [all, bad] = [0, 0];
  for (const { isGood } of state.ends.since(context.now - hourMs)) {
    if (isGood === null) continue;
    all += 1;
    if (!isGood) bad += 1;
  }
  return all === 0 ? 0 : bad / all;
}

function latency({ state, context }: Place): number {
  const waits = [...state.starts.since(context.now - hourMs)].map(({ waitedMs }) => waitedMs).toSorted((a, b) => a - b);
  return waits[Math.ceil(waits.length * 0.95) - 1] ?? 0;
}

/** Before the first refresh nothing is late. */
function sinceRefresh({ repository, context }: Place): number {
  const { last } = repository.refreshes;
  return last === null ? 0 : (context.now - last.at) / 1_000;
}

function conflictsNow(places: readonly Place[]): Family {
  const samples = places.flatMap(({ repository, state, context }) => {
    const found = findConflicts(state, context);
    return conflictKinds.map((kind) => ({
      labels: { repository: repository.name, kind },
      value: found.filter((conflict) => conflict.kind === kind).length,
    }));
  });
  const help = "What stands in the way of work in flight now, by kind.";
  return { name: "conflicts", type: "gauge", help, samples };
}

function heartbeatAges(places: readonly Place[]): Family {
  const samples = places.flatMap(({ repository, state, context }) =>
    [...state.occupied.entries()].flatMap(([worker, id]) => {
      const task = state.tasks.get(id);
      const beatAt = task === undefined ? null : repository.heartbeats.lastOf(task);
      if (beatAt === null) return [];
      return [{ labels: { repository: repository.name, worker }, value: (context.now - beatAt) / 1_000 }];
    }),
  );
  const help = "Since the last heartbeat of a worker that sends them and has a task.";
  return { name: "agent_heartbeat_age_seconds", type: "gauge", help, samples };
}

function countersOf(places: readonly Place[]): readonly Family[] {
  const counter = familyOf("counter", places);
  return [
    counter("assignments_total", "Tasks given to a worker.", ({ repository }) => repository.counters.of("assignments")),
    counter("reassignments_total", "Those of them that were not the first attempt.", ({ repository }) =>
      repository.counters.of("reassignments"),
    ),
    counter("conflicts_total", "Attempts that were sent back because of a merge conflict.", ({ repository }) =>
      repository.counters.of("conflicts"),
    ),
    counter("completions_total", "Tasks completed.", ({ repository }) => repository.counters.of("completions")),
    counter("agent_failures_total", "Sessions that ended badly.", ({ repository }) =>
      repository.counters.of("failures"),
    ),
    counter("refused_starts_total", "Starts that a vendor refused.", ({ repository }) =>
      repository.counters.of("refusals"),
    ),
    counter("escalations_total", "Times that a person was told what only a person can settle.", ({ repository }) =>
      repository.counters.of("escalations"),
    ),
    counter(
      "refreshes_total",
      "Times that the tracker was asked what is new, whatever webhooks said.",
      ({ repository }) => repository.refreshes.last?.count ?? 0,
    ),
  ];
}

function waitsOf(places: readonly Place[]): Family {
  const samples = places.flatMap(({ repository: { name, counters } }) => {
    const labels = { repository: name };
    const { counts, sumMs, count } = counters.waits;
    return [
      ...waitBoundsMs.map((bound, at) => ({
        suffix: "_bucket",
        labels: { ...labels, le: bound === Infinity ? "+Inf" : String(bound) },
        value: counts[at] ?? 0,
      })),
      { suffix: "_sum", labels, value: sumMs },
      { suffix: "_count", labels, value: count },
    ];
  });
  return { name: "assignment_latency_ms", type: "histogram", help: "From ready to assigned, milliseconds.", samples };
}

function memoryOf({ memory }: Call["ground"], places: readonly Place[]): readonly Family[] {
  const used = memory === undefined ? [] : [{ labels: {}, value: memory() }];
  const limit = familyOf("gauge", places);
  return [
    { name: "orchestrator_memory_usage_mb", type: "gauge", help: "Resident megabytes of the process.", samples: used },
    limit(
      "orchestrator_memory_limit_mb",
      "limits.memory: above it no new issue is taken in.",
      ({ context }) => context.config.limits.memory,
    ),
  ];
}
