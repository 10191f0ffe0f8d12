/** The six ways of ranking ready work. One validator for every door. */
export const modes = ["priority", "blocker", "effort", "balanced", "critical", "attack"] as const;
export type Mode = (typeof modes)[number];

export function isMode(text: string): text is Mode {
  return (modes as readonly string[]).includes(text);
}
