/**
 * The core alone: decisions and folds over backlogs of growing size, with 10,000 workers. Compiled as the product is, because
 * a development loader slows the core down by half. `--json FILE` writes the raw figures.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FoldFigures } from "./fold-run.ts";
import type { Played } from "./backlog-run.ts";
import { renderTable, toPercentiles } from "./statistics.ts";

const root = resolve(import.meta.dirname, "../..");
/** Inside node_modules, where packages are found and nothing is checked in. */
const outDir = join(root, "node_modules/.bench");

function compile(): void {
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, "package.json"), '{"type":"module"}\n');
  execFileSync(join(root, "node_modules/.bin/tsc"), [
    "-p",
    join(import.meta.dirname, "tsconfig.json"),
    "--outDir",
    outDir,
  ]);
}

/** Runs one measurement in a process of its own and reads what it prints. */
function measure<Figures>(name: string, args: readonly string[] = []): Figures {
  const file = join(outDir, "test/bench", `${name}.js`);
  const output = execFileSync(process.execPath, ["--expose-gc", file, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(output) as Figures;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

const sizes = [1_000, 10_000, 100_000] as const;
const header = [
  "open tasks",
  "decided and folded/s",
  "decision p50 µs",
  "p99 µs",
  "max ms",
  "completion p50 µs",
  "loading ms",
];

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export async function run(args: readonly string[]): Promise<void> {
  compile();
  const plays = sizes.map((size) => measure<Played>("backlog-main", [String(size)]));
  const rows = plays.map((play) => [
    whole(play.tasks),
    whole(play.eventsPerSecond),
    play.p50Us.toFixed(1),
    play.p99Us.toFixed(1),
    play.maxMs.toFixed(2),
    play.completionUs.toFixed(1),
    whole(play.loadingMs),
  ]);
  say(renderTable(`Deciding and folding, 10,000 workers, Node ${process.version}`, header, rows));
  const folds = measure<FoldFigures>("fold-main");
  const share = (part: number, whole: number): string => (part / whole).toFixed(2);
  say(`\nfold, events in memory: ${whole(folds.inMemory)}/s (target 2,000,000)`);
  say(
    `a bare fold of them into a Map: ${whole(folds.bare)}/s (the fold is ${share(folds.inMemory, folds.bare)} of it)`,
  );
  say(`replay of a text log: ${whole(folds.fromText)}/s (target 300,000)`);
  say(
    `JSON.parse of that log alone: ${whole(folds.parseOnly)}/s (the replay is ${share(folds.fromText, folds.parseOnly)} of it)`,
  );
  const memory = Array.from({ length: 5 }, () => measure<{ readonly residentMb: number }>("memory-run").residentMb);
  const range = `${whole(Math.min(...memory))} to ${whole(Math.max(...memory))}`;
  say(
    `resident, 100,000 open tasks and 10,000 taken workers: ${whole(toPercentiles(memory).p50)} MB (${range}; target 256)`,
  );
  const at = args.indexOf("--json");
  const file = at === -1 ? undefined : args[at + 1];
  if (file !== undefined) writeFileSync(file, JSON.stringify({ plays, folds, memory }, null, 2));
}
