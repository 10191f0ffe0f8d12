/** One run of a backlog in a process of its own: the size is the argument, the figures are printed as JSON. */
import { playBacklog } from "./backlog-run.ts";

const size = Number(process.argv[2]);
// Warm: what is measured is a program that has been running.
playBacklog(Math.min(size, 3_000));
const runs = Array.from({ length: 3 }, () => playBacklog(size));
const [median] = runs.toSorted((a, b) => a.eventsPerSecond - b.eventsPerSecond).slice(1);
const { entries: _, ...figures } = median ?? playBacklog(size);
process.stdout.write(`${JSON.stringify(figures)}\n`);
