/**
 * The suite `graph`: planning layered random graphs from string ids (build, order, stages, cycle check, critical path) beside
 * graphology and NetworkX in one run, and a million nodes from plain arrays.
 * `npm run bench -- graph [--sizes 1000,10000,100000] [--million 1000000] [--shuffled] [--cpu] [--out FILE]`: FILE gets the
 * samples as JSON; `--cpu` counts the processor's time, all threads, instead of the clock's, for a machine that is not free.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { layeredTasks } from "./graph-backlog.ts";
import type { Laps, Plan, Run } from "./graph-planners.ts";
import { type Cell, renderTable, round, toPercentiles } from "./statistics.ts";

const planners = ["orchestrate", "graphology", "networkx"] as const;
type PlannerName = (typeof planners)[number];

/** How many times faster it should be; from strings for 10,000 and more, where fixed costs do not count. */
const targets = { fromStrings: { graphology: 20, networkx: 15 }, onceBuilt: 50, judgedFrom: 10_000, residentMb: 512 };
const turns = 3;
const runsATurnAt = [
  { upTo: 1_000, runs: 40 },
  { upTo: 10_000, runs: 40 },
  { upTo: Infinity, runs: 5 },
];
const warmUpShare = 1 / 4;

type Samples = Readonly<Partial<Record<PlannerName, readonly Laps[]>>>;

interface Size {
  readonly count: number;
  readonly plan: Plan;
  readonly samples: Samples;
}

interface Million {
  readonly count: number;
  readonly laps: Readonly<Record<string, number>>;
  readonly planPeakMb: number;
  readonly peakMb: number;
  readonly isExact: boolean;
  readonly relativeError: number;
}

/** Measures and prints; throws when the planners do not agree on the plan, because then they did not do the same. */
export async function run(args: readonly string[]): Promise<void> {
  const options = readArguments(args);
  const { sizes, million, clock, out } = options;
  const networkx = findNetworkx();
  const measured: Size[] = [];
  for (const count of sizes) {
    process.stderr.write(`planning ${count} tasks\n`);
    measured.push(measureSize(count, options, networkx === null ? planners.slice(0, 2) : planners));
  }
  process.stderr.write(`planning ${million} nodes from arrays\n`);
  const large = measureMillion(million);
  const machine = `Node ${process.version}, ${cpus().length} processors, load ${loadavg().map(round).join(" ")}, ${clock} time`;
  process.stdout.write(
    `${[machine, renderSizes(measured), sayNetworkx(networkx), renderMillion(large)].join("\n\n")}\n\n`,
  );
  if (out !== undefined) {
    writeFileSync(out, `${JSON.stringify({ machine, networkx, targets, sizes: measured, million: large }, null, 2)}\n`);
  }
}

interface Options {
  readonly sizes: readonly number[];
  readonly million: number;
  readonly shuffled: boolean;
  readonly clock: string;
  readonly out: string | undefined;
}

function readArguments(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: "string", default: "1000,10000,100000" },
      million: { type: "string", default: "1000000" },
      shuffled: { type: "boolean", default: false },
      cpu: { type: "boolean", default: false },
      out: { type: "string" },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  const million = Number(values.million);
  if (![million, ...sizes].every((count) => Number.isInteger(count) && count >= 100))
    throw new Error("--sizes and --million take whole numbers from 100 on.");
  return { sizes, million, shuffled: values.shuffled, clock: values.cpu ? "cpu" : "wall", out: values.out };
}

/** Each planner in a process of its own. They take turns, so that the machine's moods hit all of them. */
function measureSize(count: number, options: Options, contenders: readonly PlannerName[]): Size {
  const directory = mkdtempSync(join(tmpdir(), "orchestrate-bench-"));
  try {
    const file = join(directory, "tasks.json");
    writeFileSync(file, layeredTasks(count, options.shuffled ? "shuffled" : "layers"));
    const runs = new Map<PlannerName, Run[]>(contenders.map((name) => [name, []]));
    for (let turn = 0; turn < turns; turn += 1) {
      for (const [name, found] of runs) found.push(...takeTurn(name, [file, String(runsATurn(count)), options.clock]));
    }
    const plans = new Set([...runs.values()].flat().map(({ plan }) => JSON.stringify(plan)));
    if (plans.size !== 1) throw new Error(`The plans differ: ${[...plans].join(", ")}.`);
    const [plan = ""] = plans;
    const samples = Object.fromEntries([...runs].map(([name, found]) => [name, found.map(({ laps }) => laps)]));
    return { count, plan: JSON.parse(plan) as Plan, samples };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function runsATurn(count: number): number {
  return runsATurnAt.find(({ upTo }) => count <= upTo)?.runs ?? 1;
}

/** The first runs of a process warm up and do not count. */
function takeTurn(name: PlannerName, args: readonly string[]): readonly Run[] {
  const path = (file: string): string => new URL(file, import.meta.url).pathname;
  const [program, script] =
    name === "networkx"
      ? ["python3", [path("graph-networkx.py")]]
      : [process.execPath, ["--import", "tsx", path("graph-planners.ts"), name]];
  const output = execFileSync(program, [...script, ...args], { maxBuffer: 2 ** 26 }).toString();
  const runs = JSON.parse(output) as readonly Run[];
  return runs.slice(Math.ceil(runs.length * warmUpShare));
}

interface Networkx {
  readonly version: string;
  readonly python: string;
}

function findNetworkx(): Networkx | null {
  const script = "import json, sys, networkx; print(json.dumps([networkx.__version__, sys.version.split()[0]]))";
  try {
    const [version = "", python = ""] = JSON.parse(
      execFileSync("python3", ["-c", script], { stdio: "pipe" }).toString(),
    );
    return { version, python };
  } catch {
    return null;
  }
}

function sayNetworkx(networkx: Networkx | null): string {
  if (networkx === null) return "NetworkX is not installed: apt-get install python3-networkx";
  return `NetworkX ${networkx.version}, Python ${networkx.python}`;
}

function measureMillion(count: number): Million {
  const script = new URL("graph-million.ts", import.meta.url).pathname;
  const output = execFileSync(process.execPath, ["--import", "tsx", script, String(count)]).toString();
  return JSON.parse(output) as Million;
}

function median(laps: readonly Laps[], timeOf: (laps: Laps) => number): number {
  return toPercentiles(laps.map(timeOf)).p50;
}

function onceBuilt({ order, stages, cycles, criticalPath }: Laps): number {
  return order + stages + cycles + criticalPath;
}

function fromStrings(laps: Laps): number {
  return laps.build + onceBuilt(laps);
}

function renderSizes(sizes: readonly Size[]): string {
  const header = ["tasks", "planner", "build", "order", "stages", "cycle check", "critical path"];
  const rows = sizes.flatMap(({ count, samples }) =>
    planners.flatMap((name) => {
      const laps = samples[name];
      return laps === undefined ? [] : [renderRow(count, name, { laps, ours: samples.orchestrate ?? [] })];
    }),
  );
  const title = "Planning a layered random graph, three edges a task, string ids in and out (ms, medians)";
  return renderTable(title, [...header, "from strings", "ratio", "", "once built", "ratio", ""], rows);
}

function renderRow(
  count: number,
  name: PlannerName,
  { laps, ours }: { readonly laps: readonly Laps[]; readonly ours: readonly Laps[] },
): readonly Cell[] {
  const figures = [
    median(laps, ({ build }) => build),
    median(laps, ({ order }) => order),
    median(laps, ({ stages }) => stages),
    median(laps, ({ cycles }) => cycles),
    median(laps, ({ criticalPath }) => criticalPath),
  ].map(toMs);
  const compare = (timeOf: (laps: Laps) => number, target: number): readonly Cell[] => {
    const ratio = median(laps, timeOf) / median(ours, timeOf);
    const verdict = `>= ${target} ${ratio >= target ? "met" : "MISSED"}`;
    return name === "orchestrate" ? ["", ""] : [`${round(ratio)}x`, count < targets.judgedFrom ? "" : verdict];
  };
  const target = name === "orchestrate" ? 1 : targets.fromStrings[name];
  return [
    count,
    name,
    ...figures,
    toMs(median(laps, fromStrings)),
    ...compare(fromStrings, target),
    toMs(median(laps, onceBuilt)),
    ...compare(onceBuilt, targets.onceBuilt),
  ];
}

/** Three digits that mean something: parts of a millisecond for the small, none for the large. */
function toMs(value: number): number {
  return Number(value.toPrecision(3));
}

function renderMillion({ count, laps, planPeakMb, peakMb, isExact, relativeError }: Million): string {
  const plan = ["build", "order", "cycles", "tails", "criticalPath"].map((part) => laps[part] ?? 0);
  const verdict = peakMb < targets.residentMb ? "met" : "MISSED";
  const impact = isExact ? "exact" : `estimated, standard error ${round(100 * relativeError)} %`;
  return renderTable(
    `${count.toLocaleString("en-US")} nodes from plain arrays, a process of its own`,
    ["what", "ms", "resident at most (MB)", ""],
    [
      ["plan", Math.round(plan.reduce((sum, ms) => sum + ms, 0)), Math.round(planPeakMb), ""],
      ["impact up to 1,000 of every node", Math.round(laps["impactUpTo1000"] ?? 0), "", ""],
      [
        `impact of every node, ${impact}`,
        Math.round(laps["transitiveImpact"] ?? 0),
        Math.round(peakMb),
        `< ${targets.residentMb} ${verdict}`,
      ],
    ],
  );
}
