/** How things stand with the whole, as a document: what the program `orchestrate report`, the HTTP route and the file of the day tell alike. Plain JSON. */
import type { Mode } from "./mode.ts";
import type { SystemHealth } from "./system-health.ts";
import type { Warning, WarningCode } from "./warning.ts";

/** What is amiss, told or not, and what can be done about it. */
export interface Recommendation {
  readonly code: WarningCode;
  readonly subject: Warning["subject"];
  readonly severity: Warning["severity"];
  readonly detail: string;
  readonly suggestion: string;
}

/** A task that holds up others and does not move as it should. */
export interface Bottleneck {
  readonly task: string;
  readonly reference: string;
  readonly url: string;
  readonly title: string;
  readonly detail: string;
  readonly suggestion: string;
}

export interface OrchestrationReport {
  /** ISO 8601. */
  readonly at: string;
  /** How far back "today" reaches: 24 hours, or as far as figures are kept where that is less. */
  readonly windowMinutes: number;
  readonly systemHealth: SystemHealth;
  readonly mode: Mode;
  readonly isPaused: boolean;
  readonly agents: {
    readonly configured: number;
    /** Those that have a task now. */
    readonly active: number;
    /** Those that are paused because of their vendor. */
    readonly paused: number;
    readonly workers: number;
    readonly workersBusy: number;
  };
  readonly tasks: {
    readonly total: number;
    readonly open: number;
    readonly inProgress: number;
    readonly inReview: number;
    readonly ready: number;
    /** Open, and neither ready nor in hand: they wait for others, for an approval or for a person. */
    readonly blocked: number;
    readonly failed: number;
    /** Open and urgent: priority 1. */
    readonly critical: number;
    readonly completedToday: number;
  };
  readonly performance: {
    /** Mean minutes of agent work, all attempts together, of the tasks completed today; null without any. */
    readonly averageMinutes: number | null;
    /** Tasks completed by agents over those and the attempts that failed, 0 to 1; null without any. */
    readonly successRate: number | null;
    /** Of the agents' time in the sessions that ended today, the part in those that ended well, 0 to 1; null without any. */
    readonly efficiency: number | null;
  };
  readonly cost: {
    readonly usd: number;
    readonly maxUsd: number;
    readonly sessions: number;
    readonly sessionsMax: number;
    /** How long a day of the caps is. */
    readonly dayMinutes: number;
  };
  readonly forecast: {
    readonly open: number;
    readonly completed: number;
    readonly hours: number;
    /** ISO 8601; null where nothing was completed, or nothing is open. */
    readonly doneAt: string | null;
    /** The longest remaining chain of open tasks. */
    readonly criticalMinutes: number;
  };
  readonly bottlenecks: readonly Bottleneck[];
  /** One of each suggestion, the most serious first. */
  readonly recommendations: readonly Recommendation[];
  /** Open warnings, oldest first. */
  readonly warnings: readonly (Warning & { readonly since: string })[];
}
