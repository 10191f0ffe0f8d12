/** An issue was just changed by somebody who is at a terminal: it is looked at and written down, so that what follows need not wait for a cycle. */
import type { Tracker } from "../ports/tracker.ts";
import type { AtHand } from "./at-hand.ts";
import { createReportingLane } from "./job.ts";
import type { EngineParts } from "./parts.ts";

/** Null: nobody has ever written here, and nothing is written now. Rejects when it cannot be read or written. */
export async function noteIssue(
  parts: EngineParts,
  tracker: Pick<Tracker, "look">,
  number: number,
): Promise<AtHand | null> {
  const lane = createReportingLane(parts, { isImpatient: true });
  if ((await lane.stream.current()).version === 0) return null;
  const nothing = { everything: false, pulls: [], commits: [], tracked: [] } as const;
  const observation = await tracker.look({ ...nothing, issues: [number] });
  await lane.submit([{ type: "Observe", id: lane.nextId("prepared"), observation }]);
  await lane.flush();
  const state = await lane.stream.current();
  return { state, context: lane.contextOf(state) };
}
