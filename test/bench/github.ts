/**
 * The suite `github`: how long from a webhook to an agent that was asked, and what tasks and idle cycles cost at GitHub.
 * `npm run bench -- github [--json] [--sizes 50,500,5000] [--samples 60] [--only latency,paced,task,idle] [--out FILE]`
 */
import { writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Dispatch, Transport } from "./field.ts";
import { measureIdle, type Idle } from "./idle.ts";
import { measureLatency, type Latency } from "./latency.ts";
import { measurePerTask, type PerTask } from "./per-task.ts";
import { judge, renderTable, round } from "./statistics.ts";

const targets = {
  latencyMs: { "in process": 50, http: 250 },
  idleRequests: 2,
  writes: 4,
  contentCreations: 1,
} as const;
const transports: readonly Transport[] = ["in process", "http"];
const dispatches: readonly Dispatch[] = ["api", "workflow"];
const parts = ["latency", "paced", "task", "idle"] as const;
/**
 * The field's own pace, a second between writes, is measured by itself: elsewhere it is off, because the events follow each
 * other faster than that. Here an event meets it only when the App has written for an earlier one just before.
 */
const apartMs = 3_000;
const apartSamples = 30;

interface Results {
  readonly node: string;
  readonly processors: number;
  /** Of the machine, a minute's average at start and end: others who work on it slow the figures down. */
  load: readonly [number, number];
  readonly latency: Latency[];
  readonly perTask: PerTask[];
  readonly idle: Idle[];
}

function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      sizes: { type: "string", default: "50,500,5000" },
      samples: { type: "string", default: "60" },
      only: { type: "string", default: parts.join(",") },
      out: { type: "string" },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  const samples = Number(values.samples);
  if (![samples, ...sizes].every((each) => Number.isInteger(each) && each > 0))
    throw new Error("--sizes and --samples take whole numbers above 0.");
  const only = new Set(values.only.split(","));
  for (const part of only)
    if (!(parts as readonly string[]).includes(part)) throw new Error(`--only takes ${parts.join(", ")}.`);
  return { ...values, sizes, samples, only };
}

type Arguments = ReturnType<typeof readArguments>;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

type Combination = Pick<Latency, "backlog" | "transport" | "dispatch">;

function combine(sizes: readonly number[]): readonly Combination[] {
  const ways = transports.flatMap((transport) => dispatches.map((dispatch) => ({ transport, dispatch })));
  return sizes.flatMap((backlog) => ways.map((way) => ({ backlog, ...way })));
}

async function measure({ sizes, samples, only }: Arguments): Promise<Results> {
  const [loadBefore = 0] = loadavg();
  const results: Results = {
    node: process.version,
    processors: cpus().length,
    load: [loadBefore, 0],
    latency: [],
    perTask: [],
    idle: [],
  };
  if (only.has("task")) {
    for (const dispatch of dispatches) {
      say(`task costs, dispatch: ${dispatch}`);
      results.perTask.push(await measurePerTask(dispatch));
    }
  }
  if (only.has("idle")) {
    for (const backlog of sizes) {
      say(`idle cycles, ${backlog} open issues`);
      results.idle.push(await measureIdle(backlog));
    }
  }
  if (only.has("latency")) {
    for (const what of combine(sizes)) {
      say(`latency, ${what.backlog} open issues, ${what.transport}, dispatch: ${what.dispatch}`);
      results.latency.push(await measureLatency({ ...what, samples, minGapMs: 0, restMs: 0 }));
    }
  }
  if (only.has("paced")) {
    say("latency with the App's own pace, events apart");
    const paced = {
      backlog: sizes[0] ?? 0,
      samples: Math.min(apartSamples, samples),
      minGapMs: 1_000,
      restMs: apartMs,
    };
    results.latency.push(await measureLatency({ ...paced, transport: "http", dispatch: "api" }));
  }
  const [loadAfter = 0] = loadavg();
  results.load = [loadBefore, loadAfter];
  return results;
}

function renderLatency(latency: readonly Latency[]): string {
  const header = ["open issues", "how", "dispatch", "samples", "p50", "p95", "p99", "max", "target p95", ""];
  return renderTable(
    "Webhook received to agent asked (ms)",
    header,
    latency.map((each) => {
      const target = targets.latencyMs[each.transport];
      const how =
        each.minGapMs > 0 ? `${each.transport}, paced, ${each.restMs / 1_000} s apart` : `${each.transport}, pace off`;
      const figures = [each.p50, each.p95, each.p99, each.max].map(round);
      return [each.backlog, how, each.dispatch, each.raw.length, ...figures, `< ${target}`, judge(each.p95, target)];
    }),
  );
}

function renderPerTask(perTask: readonly PerTask[]): string {
  return renderTable(
    "A task from label to merge",
    [
      "dispatch",
      "tasks",
      "REST requests",
      "REST points",
      "GraphQL points",
      "writes",
      "target",
      "",
      "content",
      "target",
      "",
      "state commits",
      "outcome",
    ],
    perTask.map((each) => [
      each.dispatch,
      each.tasks,
      round(each.restRequests),
      round(each.restPoints),
      round(each.graphqlPoints),
      round(each.mutations),
      `<= ${targets.writes}`,
      judge(each.mutations, targets.writes),
      round(each.contentCreations),
      `<= ${targets.contentCreations}`,
      judge(each.contentCreations, targets.contentCreations),
      round(each.stateCommits),
      each.violations === 0 ? each.outcome : `${each.outcome}, ${each.violations} violations`,
    ]),
  );
}

function renderIdle(idle: readonly Idle[]): string {
  return renderTable(
    "An idle cycle (and, whole: taking stock at the start, and an hour of cycles with its full read)",
    [
      "open issues",
      "requests",
      "target",
      "",
      "REST points",
      "GraphQL points",
      "writes",
      "stock requests",
      "stock points",
      "hour requests",
      "hour points",
    ],
    idle.map((each) => [
      each.backlog,
      round(each.requests),
      `<= ${targets.idleRequests}`,
      judge(each.requests, targets.idleRequests),
      round(each.restPoints),
      round(each.graphqlPoints),
      round(each.writes),
      each.stock.requests,
      each.stock.points,
      each.hour.requests,
      each.hour.points,
    ]),
  );
}

function render(results: Results): string {
  const { node, processors, load } = results;
  const head = `Node ${node}, ${processors} processors, load ${load.map(round).join(" to ")}`;
  const tables = [
    ...(results.latency.length > 0 ? [renderLatency(results.latency)] : []),
    ...(results.perTask.length > 0 ? [renderPerTask(results.perTask)] : []),
    ...(results.idle.length > 0 ? [renderIdle(results.idle)] : []),
  ];
  const troubles = [...results.latency, ...results.idle].flatMap((each) =>
    each.troubles.map((trouble) => `${each.backlog}: ${trouble}`),
  );
  const said = troubles.length === 0 ? [] : [["The App said:", ...new Set(troubles)].join("\n")];
  return `${[head, ...tables, ...said].join("\n\n")}\n`;
}

/** Measures, and prints tables or JSON. Throws on options that it does not know. */
export async function run(args: readonly string[]): Promise<void> {
  const options = readArguments(args);
  const results = await measure(options);
  const json = `${JSON.stringify({ targets, ...results }, null, 2)}\n`;
  if (options.out !== undefined) await writeFile(options.out, json);
  process.stdout.write(options.json ? json : render(results));
}
