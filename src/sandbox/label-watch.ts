/** The label names of every issue, as the timeline of the embedded GitHub tells them. */
import type { Timeline } from "./timeline.ts";

/** Returns what labels an issue carries now; [] for one that was never labelled. To be made before the first issue. */
export function createLabelWatch(timeline: Timeline): (number: number) => readonly string[] {
  const names = new Map<string, Set<string>>();
  timeline.onEntry((entry) => {
    const label = entry.detail["label"];
    if (entry.action !== "label" || typeof label !== "string") return;
    const known = names.get(entry.target) ?? new Set();
    if (entry.detail["added"] === true) known.add(label);
    else known.delete(label);
    names.set(entry.target, known);
  });
  return (number) => [...(names.get(`#${number}`) ?? [])];
}
