/** What a look at the cockpit found becomes history: closed, reopened, gone, or changed by hand. Ticks are instructions. */
import type { CockpitFacts } from "../model/cockpit.ts";
import type { Decision } from "./decision.ts";

export function decideCockpit(decision: Decision, facts: CockpitFacts): void {
  const { cockpit } = decision.state;
  if (cockpit === null || cockpit.issue !== facts.issue) return;
  if (facts.state === "gone") {
    if (cockpit.end !== "gone") decision.emit({ type: "CockpitEnded", end: "gone" });
    return;
  }
  // One that we closed ourselves, as the configuration says, stays ours to open again.
  if (facts.state === "closed" && cockpit.end === null) decision.emit({ type: "CockpitEnded", end: "closed" });
  if (facts.state === "open" && cockpit.end !== null) decision.emit({ type: "CockpitReopened" });
  const { touched } = facts;
  if (touched !== null && touched.at > cockpit.heardAt) {
    decision.emit({ type: "CockpitEdited", by: touched.by, editedAt: touched.at });
  }
}
