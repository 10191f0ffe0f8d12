/** What the cockpit is told: plain facts that the engine fills from the state. Lists are cut by whoever fills them, and counted. */
import type { Box } from "../model/box.ts";
import type { Said } from "../model/cockpit.ts";
import type { Mode } from "../model/mode.ts";
import type { SystemHealth } from "../model/system-health.ts";
import type { LeavingView } from "./agents-leaving.ts";
import type { WarningView } from "./alerts.ts";
import type { GraphTask } from "./graph-task.ts";
import type { AgentView, TaskLine, WaitingReason } from "./task-view.ts";

/** The most telling part of a list, and how long it is as a whole. */
export interface Listed<Item> {
  readonly shown: readonly Item[];
  readonly total: number;
}

/** A task that only a person can move on, and the box that does. */
export interface AttentionLine extends TaskLine {
  readonly box: Box | null;
}

export interface RunningLine extends TaskLine {
  readonly agent: string;
  readonly worker: string;
  readonly attempt: number;
  readonly since: number;
  readonly expectedEnd: number;
  readonly sessionUrl: string | null;
}

export interface ReadyLine extends TaskLine {
  readonly rank: number;
  readonly score: number;
  readonly reasons: readonly WaitingReason[];
}

export interface WaitingLine extends TaskLine {
  readonly reasons: readonly WaitingReason[];
  /** Open tasks behind it. */
  readonly impact: number;
}

export interface ForecastView {
  readonly open: number;
  readonly completed: number;
  readonly hours: number;
  readonly doneAt: number | null;
  /** The longest remaining chain of open tasks, minutes; 0 where there is none. */
  readonly criticalMinutes: number;
}

/** What may be spent in a day, and what is. */
export interface CapsView {
  readonly sessions: number;
  readonly sessionsMax: number;
  readonly costUsd: number;
  readonly costMaxUsd: number;
  /** The caps that are reached, in words. */
  readonly spent: readonly string[];
}

export interface CockpitView {
  readonly mode: Mode;
  /** A login, `schedule`, `orchestrate`; null: the configuration. */
  readonly modeBy: string | null;
  readonly isPaused: boolean;
  readonly isAttack: boolean;
  readonly completed: number;
  readonly attention: Listed<AttentionLine>;
  /** Problems of a configuration that was refused; the last good one is in force. */
  readonly problems: readonly string[];
  readonly warnings: readonly WarningView[];
  readonly running: Listed<RunningLine>;
  readonly review: Listed<TaskLine>;
  readonly ready: Listed<ReadyLine>;
  readonly waiting: Listed<WaitingLine>;
  readonly agents: readonly AgentView[];
  /** Those that are no longer in force and still have sessions; missing: none. */
  readonly leaving?: readonly LeavingView[];
  readonly graph: readonly GraphTask[];
  readonly caps: CapsView;
  /** How well the whole is; left out: not said. */
  readonly systemHealth?: SystemHealth;
  readonly forecast: ForecastView;
  readonly said: readonly Said[];
}
