/** How well an agent does what a task asks for. Labels are written by people, so letter case does not count. */
import type { AgentCandidate, Wish } from "./fit.ts";

/** What a task needs counts twice what it would only like. */
const preferredWeight = 0.5;

/** True when the agent names capabilities and one that the task needs is not among them, or is there at 0. */
export function lacksNeed({ capabilities }: AgentCandidate, { needs }: Wish): boolean {
  if (needs.length === 0 || namesNothing(capabilities)) return false;
  return needs.some((need) => levelOf(capabilities, need) === 0);
}

/**
 * The mean of the agent's levels over what is needed (weight 1) and preferred (weight .5), 0 to 1. It is 1 where the task
 * asks for nothing, and for an agent that names nothing, because that can do anything.
 */
export function capabilityOf({ capabilities }: AgentCandidate, { needs, prefers }: Wish): number {
  if (needs.length + prefers.length === 0 || namesNothing(capabilities)) return 1;
  let sum = 0;
  for (const need of needs) sum += levelOf(capabilities, need);
  for (const preferred of prefers) sum += preferredWeight * levelOf(capabilities, preferred);
  return sum / (needs.length + preferredWeight * prefers.length);
}

function namesNothing(capabilities: AgentCandidate["capabilities"]): boolean {
  for (const _ in capabilities) return false;
  return true;
}

/** 0 where it is not named; the highest where it is named in several letter cases. */
function levelOf(capabilities: AgentCandidate["capabilities"], wanted: string): number {
  const folded = wanted.toLowerCase();
  let level = 0;
  for (const name in capabilities) {
    if (name.toLowerCase() === folded) level = Math.max(level, capabilities[name] ?? 0);
  }
  return level;
}
