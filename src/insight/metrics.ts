/** The figures for people and for the status endpoint: throughput, durations, waits, cost, use. Pure reads of the state. */
import type { AgentType } from "../model/config-agent.ts";
import type { Warning } from "../model/warning.ts";
import type { Context } from "../model/context.ts";
import { readingOf } from "../fold/figures.ts";
import { queueDepthOf, type QueueDepth } from "../core/queue-depth.ts";
import type { Reading } from "../state/records.ts";
import type { State } from "../state/state.ts";
import { hourAgo, useOfAgents, useTogether, utilisationByType, type AgentUse } from "../core/utilisation.ts";
import { velocityOf, type Velocity } from "./velocity.ts";

/** The figures of one hour as they are told: the instant in ISO 8601, and nothing that only the program reads. */
type HourFigures = Omit<Reading, "at" | "busyMs" | "blocked" | "utilisation" | "oldestWaitMinutes"> & {
  readonly at: string;
};

/** One reading as it is told; null what an older version has not noted. */
interface ToldReading extends HourFigures {
  readonly blocked: number | null;
  readonly utilisation: number | null;
  readonly oldestWaitMinutes: number | null;
}

/** What the status endpoint returns: plain JSON. */
export interface Metrics extends HourFigures {
  /** When the log last grew; null before it has begun. */
  readonly updatedAt: string | null;
  readonly velocity: Velocity;
  readonly queue: Omit<QueueDepth, "oldest"> & {
    readonly oldest: { readonly task: string; readonly since: string; readonly waitMinutes: number } | null;
  };
  /** Taken slot time over slot time in the last hour, or since the oldest reading where that is younger; 0 to 1. */
  readonly utilisation: {
    readonly total: number;
    readonly byType: Readonly<Partial<Record<AgentType, number>>>;
    readonly byAgent: readonly AgentUse[];
  };
  /** Open warnings, oldest first. */
  readonly warnings: readonly (Omit<Warning, "subject"> & { readonly subject: string; readonly since: string })[];
  /** The last `metrics.keep` readings, oldest first, at least `metrics.every` apart: taken only when something happens. */
  readonly readings: readonly ToldReading[];
}

/** All figures at the instant of `context`. Looks at ready tasks, tasks in flight and the last day: for people who ask. */
export function metricsOf(state: State, context: Context): Metrics {
  const { now } = context;
  const uses = useOfAgents(state, context, hourAgo(state, now));
  return {
    ...toFigures(readingOf(state, now)),
    updatedAt: state.version === 0 ? null : toIso(state.at),
    velocity: velocityOf(state, context),
    queue: toQueue(queueDepthOf(state, context), now),
    utilisation: { total: useTogether(uses), byType: utilisationByType(state, context), byAgent: uses },
    warnings: openWarnings(state).map((warning) => ({ ...warning, since: toIso(warning.since) })),
    readings: [...state.readings].map(toReading),
  };
}

/** Open warnings, oldest first. */
export function openWarnings(state: State): readonly (Warning & { readonly since: number })[] {
  const byKey = [...state.warnings.entries()].toSorted(([left], [right]) => (left < right ? -1 : 1));
  return byKey.map(([, warning]) => warning).toSorted((left, right) => left.since - right.since);
}

function toFigures(reading: Reading): HourFigures {
  const { at, throughput, durationMinutes, waitMinutes, costUsd, ready, inFlight, open } = reading;
  return { at: toIso(at), throughput, durationMinutes, waitMinutes, costUsd, ready, inFlight, open };
}

function toReading(reading: Reading): ToldReading {
  const { blocked = null, utilisation = null, oldestWaitMinutes = null } = reading;
  return { ...toFigures(reading), blocked, utilisation, oldestWaitMinutes };
}

function toQueue({ oldest, ...depth }: QueueDepth, now: number): Metrics["queue"] {
  if (oldest === null) return { ...depth, oldest };
  const { task, waitedMs } = oldest;
  return { ...depth, oldest: { task, since: toIso(now - waitedMs), waitMinutes: waitedMs / 60_000 } };
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}
