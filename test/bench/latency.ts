/** From a webhook to the request that asks an agent, in real time, one labelled issue after another. */
import { performance } from "node:perf_hooks";
import type { Delivery } from "../../src/sandbox/records.ts";
import type { Clock, Timer } from "../../src/ports/clock.ts";
import { createSystemClock } from "../../src/system-ports.ts";
import { asksAgent, createField, label, person, type Dispatch, type Field, type Transport } from "./field.ts";
import { toPercentiles, type Percentiles } from "./statistics.ts";

export interface LatencyOptions {
  readonly backlog: number;
  readonly transport: Transport;
  readonly dispatch: Dispatch;
  readonly samples: number;
  /** The App's own pace between writes; 0 where the events follow each other faster than that. */
  readonly minGapMs: number;
  /** Between the rest after one event and the next. */
  readonly restMs: number;
}

export interface Latency extends LatencyOptions, Percentiles {
  readonly stockMs: number;
  readonly raw: readonly number[];
  readonly troubles: readonly string[];
}

/** The first events after a start carry the task files of the whole backlog with them, 80 a commit; they are not counted. */
const filesACommit = 80;
const commitsAnEvent: Readonly<Record<Dispatch, number>> = { api: 2, workflow: 1 };
const warmUpMin = 12;
const quietMs = 60;
const askedMsMax = 30_000;
const stockMsMax = 600_000;

export async function measureLatency(options: LatencyOptions): Promise<Latency> {
  const commits = Math.ceil(options.backlog / 2 / filesACommit);
  const warmUp = Math.max(warmUpMin, Math.ceil(commits / commitsAnEvent[options.dispatch]) + 4);
  const clock = createClockThatStops();
  const troubles: string[] = [];
  let asked = (): void => undefined;
  const field = await createField({
    ...options,
    clock,
    candidates: warmUp + options.samples,
    onTrouble: (message, data) => troubles.push(`${message} ${JSON.stringify(data)}`),
    onArrival: (request) => {
      if (asksAgent(request, options.dispatch)) asked();
    },
  });
  try {
    const stockMs = await takeStock(field);
    const labelled = postman(field, troubles);
    const raw: number[] = [];
    for (const [index, number] of field.candidates.entries()) {
      const arrival = within<number>(
        askedMsMax,
        `No agent was asked for #${number}.`,
        (resolve) => (asked = () => resolve(performance.now())),
      );
      const begin = labelled(number);
      await field.world.addLabel({ by: person, number, label });
      const elapsed = (await arrival) - (await begin);
      if (index >= warmUp) raw.push(elapsed);
      await untilQuiet(field);
      await sleep(options.restMs);
    }
    return { ...options, ...toPercentiles(raw), stockMs, raw, troubles: [...new Set(troubles)] };
  } finally {
    await field.close();
    clock.stop();
  }
}

/** The system's clock, whose timers end with the measurement: what an App leaves behind must not run into the next one. */
function createClockThatStops(): Clock & { stop(): void } {
  const system = createSystemClock();
  const timers = new Set<Timer>();
  const after: Clock["after"] = (ms, name, action) => {
    const timer = system.after(ms, name, () => {
      timers.delete(timer);
      action();
    });
    timers.add(timer);
    return timer;
  };
  return {
    now: system.now,
    after,
    sleep: (ms, name) => new Promise((resolve) => void after(ms, name, resolve)),
    stop() {
      for (const timer of timers) timer.cancel();
    },
  };
}

/** Resolves when the stock has been taken: the App has committed its state, and asks for nothing more. */
async function takeStock(field: Field): Promise<number> {
  const begin = performance.now();
  await field.startApp();
  // One commit is the configuration, the other the backlog.
  const commits = field.world.issues().some((issue) => issue.labels.size > 0) ? 2 : 1;
  while (field.world.counters.stateCommits < commits) {
    if (performance.now() - begin > stockMsMax) throw new Error("The App did not take stock within ten minutes.");
    await sleep(20);
  }
  await untilQuiet(field, 500);
  return performance.now() - begin;
}

/** Carries every webhook to the App. The result tells when the one that labels an issue set off. */
function postman(field: Field, troubles: string[]): (number: number) => Promise<number> {
  let expected: { readonly number: number; readonly begin: (at: number) => void } | null = null;
  field.world.onDelivery((delivery) => {
    // GitHub sends it after the request of whoever acted has been answered.
    setImmediate(() => {
      if (expected !== null && isLabelled(delivery, expected.number)) {
        expected.begin(performance.now());
        expected = null;
      }
      field.deliver(delivery).catch((error: unknown) => troubles.push(String(error)));
    });
  });
  return (number) => new Promise((begin) => (expected = { number, begin }));
}

function isLabelled(delivery: Delivery, number: number): boolean {
  if (delivery.event !== "issues") return false;
  const payload = JSON.parse(delivery.body) as {
    readonly action?: unknown;
    readonly issue?: { readonly number?: unknown };
  };
  return payload.action === "labeled" && payload.issue?.number === number;
}

async function untilQuiet(field: Field, forMs = quietMs): Promise<void> {
  let quietSince = performance.now();
  let seen = -1;
  while (performance.now() - quietSince < forMs) {
    const { counts } = field;
    if (counts.open > 0 || counts.requests !== seen) quietSince = performance.now();
    seen = counts.requests;
    await sleep(5);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

function within<Result>(
  ms: number,
  otherwise: string,
  run: (resolve: (result: Result) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(otherwise)), ms);
    run((result) => {
      clearTimeout(limit);
      resolve(result);
    });
  });
}
