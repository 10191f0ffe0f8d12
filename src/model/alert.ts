/** What is told to a webhook: that something is not as it should be, that it has passed, and how far the work is. */
import { warningKey, type Warning } from "./warning.ts";

export interface Alert extends Warning {
  readonly state: "raised" | "cleared";
  /** Since when it is so, and when this was found. */
  readonly since: number;
  readonly at: number;
}

/** How far the work is, with what was started, completed and failed since the summary before. */
export interface Progress {
  readonly since: number;
  readonly at: number;
  readonly active: number;
  readonly ready: number;
  readonly heldBack: number;
  readonly blocked: number;
  readonly open: number;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
}

/** One alert for ever, however often it is sent: receivers know a repetition by it. Plain characters only, because it is a header as well. */
export function alertId(alert: Alert): string {
  const key = encodeURI(warningKey(alert).replaceAll(/[\uD800-\uDFFF]/gu, "\uFFFD"));
  return `${key}:${alert.state}:${alert.at}`;
}

const ranks: Readonly<Record<Warning["severity"], number>> = { notice: 0, warning: 1, critical: 2 };

/** Whether `severity` is at least `bound`. */
export function isAsSevere(severity: Warning["severity"], bound: Warning["severity"]): boolean {
  return ranks[severity] >= ranks[bound];
}

/** What is sent, as it goes to whoever sends it. */
export interface Message {
  readonly kind: "alert" | "progress";
  /** The same on a repetition. */
  readonly id: string;
  /** For people, as plain text: mentions nobody in any chat. */
  readonly text: string;
  /** All of it, for programs; `text` and `id` are in it. */
  readonly document: Readonly<Record<string, unknown>>;
}
