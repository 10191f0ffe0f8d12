/** The figures in words: how fast work is done, how much waits, how busy the agents are. */
import type { AgentType } from "../model/config-agent.ts";
import { ailingParts, describeHealthPart, hundredths, type SystemHealth } from "../model/system-health.ts";
import { describeCost, describeMinutes } from "./words.ts";

/** What is said of the figures; times are those of the last hour. */
export interface FiguresView {
  readonly throughput: number;
  readonly durationMinutes: number | null;
  readonly waitMinutes: number | null;
  readonly costUsd: number;
  readonly velocity: {
    readonly short: number;
    readonly middle: number;
    readonly long: number;
    /** Minutes. */
    readonly windows: { readonly short: number; readonly middle: number; readonly long: number };
    readonly target: number;
    readonly isOnTarget: boolean;
    readonly trend: "accelerating" | "steady" | "decelerating";
  };
  readonly queue: {
    readonly ready: number;
    /** Of the ready ones; left out: none. */
    readonly heldBack?: number;
    readonly blocked: number;
    readonly oldest: { readonly waitMinutes: number } | null;
    readonly health: "ok" | "warning";
  };
  /** How well the whole is; left out: not said. */
  readonly systemHealth?: SystemHealth;
  readonly utilisation: {
    readonly total: number;
    readonly byType: Readonly<Partial<Record<AgentType, number>>>;
  };
}

/** Lines of a Markdown list. */
export function renderFigures(figures: FiguresView): readonly string[] {
  return [
    ...(figures.systemHealth === undefined ? [] : [`- System health: ${describeHealth(figures.systemHealth)}`]),
    `- Last hour: ${[`${figures.throughput} completed`, ...means(figures)].join(", ")}`,
    `- Speed: ${describeVelocity(figures)}`,
    `- Queue: ${describeQueue(figures.queue)}`,
    ...describeUse(figures.utilisation),
  ];
}

/** `1.00`, or `0.72; 6 of the last 12 attempts failed`. */
export function describeHealth(health: SystemHealth): string {
  const ailing = ailingParts(health).map((name) => describeHealthPart(name, health.parts[name]));
  return [hundredths(health.value), ...ailing].join("; ");
}

function means({ durationMinutes, waitMinutes, costUsd }: FiguresView): readonly string[] {
  return [
    ...(durationMinutes === null ? [] : [`${describeMinutes(durationMinutes)} of work each`]),
    ...(waitMinutes === null ? [] : [`${describeMinutes(waitMinutes)} from ready to start`]),
    ...(costUsd === 0 ? [] : [describeCost(costUsd)]),
  ];
}

function describeVelocity({ velocity }: FiguresView): string {
  const { short, middle, long, windows, target, isOnTarget, trend } = velocity;
  const aim = isOnTarget ? "on target" : `the target is ${round(target)}`;
  const over = (rate: number, minutes: number): string => `${round(rate)} over ${describeMinutes(minutes)}`;
  return `${round(short)} an hour over ${describeMinutes(windows.short)} (${aim}), ${over(middle, windows.middle)}, ${over(long, windows.long)}; ${trend}`;
}

function describeQueue({ ready, heldBack = 0, blocked, oldest, health }: FiguresView["queue"]): string {
  const waits = oldest === null ? "" : `, the oldest for ${describeMinutes(oldest.waitMinutes)}`;
  const held = heldBack === 0 ? "" : ` (${heldBack} held back by an earlier stage or a limit)`;
  return `${ready} ready${held}${waits}; ${blocked} blocked${health === "ok" ? "" : "; too long"}`;
}

function describeUse({ total, byType }: FiguresView["utilisation"]): readonly string[] {
  const types = Object.entries(byType).map(([type, share]) => `${type} ${percent(share)}`);
  return types.length === 0 ? [] : [`- Use in the last hour: ${percent(total)} (${types.join(", ")})`];
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
