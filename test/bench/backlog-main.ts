/** Runs of a backlog in a process of its own: the size is the argument, the figures of the median run are printed as JSON. */
import { playBacklog } from "./backlog-run.ts";

const size = Number(process.argv[2]);
// Warm: what is measured is a program that has been running for a while, as a server has.
for (let round = 0; round < 3; round += 1) playBacklog(10_000);
const runs = Array.from({ length: size > 10_000 ? 3 : 15 }, () => playBacklog(size));
const ranked = runs.toSorted((a, b) => a.eventsPerSecond - b.eventsPerSecond);
const { entries: _, ...figures } = ranked[Math.floor(ranked.length / 2)] ?? playBacklog(size);
process.stdout.write(`${JSON.stringify(figures)}\n`);
