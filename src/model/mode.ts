/** The six ways of ranking ready work. One validator for every door. */
export const modes = ["priority", "blocker", "effort", "balanced", "critical", "attack"] as const;
export type Mode = (typeof modes)[number];

/** Which rule of `schedule` is in force, and when that may next be another one (epoch milliseconds). */
export interface ScheduleNow {
  /** `key` names the rule and the instant at which it began this time. */
  readonly rule: { readonly key: string; readonly mode: Mode } | null;
  readonly nextAt: number | null;
}

export function isMode(text: string): text is Mode {
  return (modes as readonly string[]).includes(text);
}
