/**
 * The suite `plan`: how long `orchestrate plan` takes as a process of its own, its start included, beside a Node that does nothing.
 * `npm run bench -- plan [--json] [--sizes 1000,10000,100000] [--samples 15]`; measures `dist`, so build first.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Chance } from "../../src/ports/chance.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import { judge, renderTable, round, toPercentiles } from "./statistics.ts";

const cli = resolve(import.meta.dirname, "../../dist/cli.js");
const targetTasks = 1_000;
const targetMs = 250;
const blockersEach = 3;
const estimates = [5, 10, 30, 45, 60, 120];

interface Command {
  readonly what: string;
  readonly tasks: number;
  readonly args: readonly string[];
}

interface Timed extends Command {
  readonly samplesMs: readonly number[];
}

function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      sizes: { type: "string", default: "1000,10000,100000" },
      samples: { type: "string", default: "15" },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  const samples = Number(values.samples);
  if (![samples, ...sizes].every((each) => Number.isInteger(each) && each > 0))
    throw new Error("--sizes and --samples take whole numbers above 0.");
  return { json: values.json, sizes, samples };
}

/** A layered random backlog: every task waits for some of the layer before its own, and there are as many layers as tasks in one. */
function createBacklog(count: number, chance: Chance): string {
  const width = Math.max(1, Math.round(Math.sqrt(count)));
  const pick = (from: number, to: number): number => from + Math.floor(chance.next() * (to - from));
  const tasks = Array.from({ length: count }, (_, place) => {
    const layer = place - (place % width);
    const blockers =
      layer === 0 ? [] : Array.from({ length: blockersEach }, () => `task-${pick(layer - width, layer)}`);
    return {
      id: `task-${place}`,
      title: `Task number ${place}`,
      priority: pick(1, 6),
      estimateMinutes: estimates[pick(0, estimates.length)],
      createdAt: pick(1_767_225_600_000, 1_768_225_600_000),
      blockedBy: [...new Set(blockers)],
    };
  });
  return JSON.stringify({ tasks, agents: [{ id: "jules", type: "jules", capacity: 5 }] });
}

function time({ what, args }: Command): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 30 });
  const took = performance.now() - begin;
  if (status !== 0) throw new Error(`${what} failed: ${stderr}`);
  return took;
}

/** The commands in turn, so that whatever else the machine does falls on all of them alike. */
function timeAll(commands: readonly Command[], samples: number): readonly Timed[] {
  const taken = commands.map((command) => ({ command, samplesMs: [] as number[] }));
  for (let sample = 0; sample < samples; sample += 1)
    for (const { command, samplesMs } of taken) samplesMs.push(time(command));
  return taken.map(({ command, samplesMs }) => ({ ...command, samplesMs }));
}

function render(timed: readonly Timed[]): string {
  const rows = timed.map(({ what, tasks, samplesMs }) => {
    const { p50, p95, max } = toPercentiles(samplesMs);
    const verdict = tasks === targetTasks ? [`< ${targetMs}`, judge(p50, targetMs)] : ["", ""];
    return [what, samplesMs.length, round(p50), round(p95), round(max), ...verdict];
  });
  return renderTable("A process from start to end (ms)", ["", "samples", "p50", "p95", "max", "target p50", ""], rows);
}

/** Measures and prints. Throws when there is nothing built. */
export async function run(args: readonly string[]): Promise<void> {
  const { json, sizes, samples } = readArguments(args);
  if (!existsSync(cli)) throw new Error("There is no dist/cli.js: run `npm run build` first.");
  const folder = mkdtempSync(join(tmpdir(), "orchestrate-bench-"));
  try {
    const plans = sizes.map((tasks): Command => {
      const file = join(folder, `${tasks}.json`);
      writeFileSync(file, createBacklog(tasks, createSeededChance(tasks)));
      return { what: `plan, ${tasks} tasks`, tasks, args: [cli, "plan", file, "--json"] };
    });
    const floor = { what: "node that does nothing", tasks: 0, args: ["-e", "0"] };
    const timed = timeAll([floor, ...plans], samples);
    const machine = { node: process.version, processors: availableParallelism(), load: loadavg()[0] ?? 0 };
    const head = `Node ${machine.node}, ${machine.processors} processors, load ${round(machine.load)}`;
    process.stdout.write(
      json ? `${JSON.stringify({ ...machine, timed }, null, 2)}\n` : `${head}\n\n${render(timed)}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
