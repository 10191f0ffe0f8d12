/** What `orchestrate status` prints: the answer to `/orchestrate status`, what else waits and for what, and the caps, for a terminal. */
import type { CapsView, CockpitView } from "./cockpit-view.ts";
import { describeWaitingTask } from "./cockpit-lines.ts";
import { escapeText } from "./markdown.ts";
import { toPlainPage } from "./plain-page.ts";
import { renderOverview } from "./status-comment.ts";
import type { OverviewView } from "./task-view.ts";
import { describeCost, describeSpan } from "./words.ts";

/** Ten lines a list, as in the answer. */
const linesMax = 10;
const dayMs = 24 * 60 * 60_000;

/** Lines of plain text; ends without a line break. */
export function renderStatusPage(
  repository: string,
  overview: OverviewView,
  { waiting, caps }: Pick<CockpitView, "waiting" | "caps">,
): string {
  const parts = [
    `**${escapeText(repository)}**`,
    renderOverview(overview),
    renderWaiting(waiting),
    renderCaps(caps, overview.dayMs ?? dayMs),
  ];
  return toPlainPage(parts.filter((part) => part !== "").join("\n\n"));
}

function renderWaiting({ shown, total }: CockpitView["waiting"]): string {
  if (total === 0) return "";
  const lines = shown.slice(0, linesMax).map(describeWaitingTask);
  const rest = total > lines.length ? [`- and ${total - lines.length} more`] : [];
  return `**Waits**\n\n${[...lines, ...rest].join("\n")}`;
}

function renderCaps({ sessions, sessionsMax, costUsd, costMaxUsd, spent }: CapsView, ms: number): string {
  const span = ms === dayMs ? "24 h" : describeSpan(ms);
  const used = `${sessions} of ${sessionsMax} sessions, ${describeCost(costUsd)} of ${describeCost(costMaxUsd)}`;
  const lines = [
    `- In the last ${span}: ${used}`,
    ...spent.map((cap) => `- ${escapeText(cap, 300)} Nothing starts until it is below, or \`limits\` is raised.`),
  ];
  return `**Caps**\n\n${lines.join("\n")}`;
}
