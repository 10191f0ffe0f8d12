/**
 * The core alone: decisions and folds over backlogs of growing size, with 10,000 workers. Shows events a second, the slowest
 * decisions, and that the cost of one completion does not grow with the backlog. `--json FILE` writes the raw samples.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { playBacklog, type Played } from "./backlog-run.ts";
import { measureFold } from "./fold-run.ts";

const sizes = [1_000, 10_000, 100_000] as const;

function toRow(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function report(plays: readonly Played[]): void {
  console.log(
    toRow(["open tasks", "events/s", "decide p50 µs", "p99 µs", "max ms", "completion p50 µs", "loading ms"]),
  );
  console.log(toRow(["--:", "--:", "--:", "--:", "--:", "--:", "--:"]));
  for (const play of plays) {
    const { tasks, eventsPerSecond, p50Us, p99Us, maxMs, completionUs, loadingMs } = play;
    console.log(
      toRow([
        whole(tasks),
        whole(eventsPerSecond),
        p50Us.toFixed(1),
        p99Us.toFixed(1),
        maxMs.toFixed(2),
        completionUs.toFixed(1),
        whole(loadingMs),
      ]),
    );
  }
}

/** Resident memory of a process that holds the state and nothing else. */
function measureMemory(): number {
  const child = spawnSync(
    process.execPath,
    ["--expose-gc", "--import", "tsx", new URL("memory-run.ts", import.meta.url).pathname],
    { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } },
  );
  if (child.status !== 0) throw new Error(`The memory run failed: ${child.stderr}`);
  return Number(child.stdout.trim());
}

export async function run(args: readonly string[]): Promise<void> {
  console.log(
    `\nScheduling: decide and evolve, 10,000 workers, Node ${process.version}, ${availableParallelism()} cores\n`,
  );
  playBacklog(1_000);
  const plays = sizes.map((size) => playBacklog(size));
  report(plays);
  const folds = measureFold(100_000);
  console.log(
    `\nfold in memory: ${whole(folds.inMemory)} events/s · replay of a text log: ${whole(folds.fromText)} events/s`,
  );
  console.log(`JSON.parse of the same log alone: ${whole(folds.parseOnly)} events/s`);
  const memoryMb = measureMemory();
  console.log(`resident with 100,000 open tasks and 10,000 workers: ${whole(memoryMb)} MB`);
  const at = args.indexOf("--json");
  const file = at === -1 ? undefined : args[at + 1];
  if (file !== undefined) writeFileSync(file, JSON.stringify({ plays, folds, memoryMb }, null, 2));
}
