/** One readable line for each thing that the embedded GitHub and the vendors saw. */
import type { TimelineEntry } from "./records.ts";
import { renderDuration } from "./summary.ts";

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Text of other people goes on one line, short, without control characters. */
function plain(value: unknown, lengthMax = 80): string {
  const line = text(value)
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ")
    .trim();
  return line.length > lengthMax ? `${line.slice(0, lengthMax - 1)}…` : line;
}

/** The words of a comment; a mark that readers do not see is none. */
function said(value: unknown): string {
  const words = plain(text(value).replaceAll(/<!--.*?(?:-->|$)/gs, ""));
  return words === "" ? "" : `: ${words}`;
}

function sentence(entry: TimelineEntry): string {
  const { actor, target, detail } = entry;
  const task = plain(detail["task"]) || plain(target);
  switch (entry.action) {
    case "session_started":
      return `${plain(detail["worker"])} started on ${task}`;
    case "session_ended":
      return `${plain(detail["worker"])} ended its work on ${task}: ${plain(detail["result"])}`;
    case "pr_opened":
      return `${plain(actor)} opened ${plain(target)} for ${task}`;
    case "pr_updated":
      return `${plain(actor)} pushed to ${plain(target)}`;
    case "checks":
      return `checks of ${task}: ${plain(detail["conclusion"]) || plain(detail["status"]) || "running"}`;
    case "merged":
      return `${plain(actor)} merged ${plain(target)}: ${task} is done`;
    case "enqueued":
      return `${plain(actor)} put ${plain(target)} into the merge queue`;
    case "dequeued":
      return `${plain(target)} left the merge queue unmerged: ${plain(detail["reason"])}`;
    case "closed":
    case "reopened":
      return `${plain(actor)} ${entry.action} ${plain(target)}`;
    case "comment":
      return `${plain(actor)} commented on ${plain(target)}${said(detail["text"])}`;
    case "label":
      return `${plain(actor)} ${detail["added"] === false ? "took" : "put"} ${plain(detail["label"])} ${detail["added"] === false ? "off" : "on"} ${plain(target)}`;
    case "dispatch":
      return `${plain(actor)} dispatched ${plain(target)}`;
    case "webhook_dropped":
      return `a webhook was lost (${plain(target)}: ${plain(detail["reason"])})`;
    case "crash":
      return `${plain(target)} crashed: ${plain(detail["reason"])}`;
    case "restart":
      return `${plain(target)} is back`;
  }
}

/** `4m 10s  jules/1 started on parser`; never more than one line. */
export function renderEntry(entry: TimelineEntry): string {
  return `${renderDuration(entry.at).padStart(7)}  ${sentence(entry)}`;
}
