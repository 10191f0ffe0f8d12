/** How well an agent does what a task asks for. Labels are written by people, so letter case does not count. */
import type { AgentCandidate, Wish } from "./fit.ts";

/** What a task needs counts twice what it would only like. */
const preferredWeight = 0.5;

type Skilled = Pick<AgentCandidate, "capabilities">;
type Asked = Pick<Wish, "needs" | "prefers">;

/** True when the agent cannot do all that is needed, in whatever letter case it is written. */
export function lacksNeed(agent: Skilled, { needs }: Pick<Wish, "needs">): boolean {
  return capabilityOf(agent, foldCase({ needs, prefers: [] })) === null;
}

/**
 * The mean of the agent's levels over what is needed (weight 1) and preferred (weight .5), 0 to 1; null when the agent names
 * capabilities and something needed is not among them, or is there at 0. It is 1 where the task asks for nothing, and for an
 * agent that names nothing, because that can do anything. The wish is in lower case, see `foldCase`.
 */
export function capabilityOf({ capabilities }: Skilled, { needs, prefers }: Asked): number | null {
  if (needs.length + prefers.length === 0 || namesNothing(capabilities)) return 1;
  let sum = 0;
  for (const need of needs) {
    const level = levelOf(capabilities, need);
    if (level === 0) return null;
    sum += level;
  }
  for (const preferred of prefers) sum += preferredWeight * levelOf(capabilities, preferred);
  return sum / (needs.length + preferredWeight * prefers.length);
}

function namesNothing(capabilities: AgentCandidate["capabilities"]): boolean {
  for (const _ in capabilities) return false;
  return true;
}

/** The wish with its capabilities in lower case. */
export function foldCase<W extends Asked>(wish: W): W {
  if (wish.needs.length + wish.prefers.length === 0) return wish;
  return { ...wish, needs: wish.needs.map(toLowerCase), prefers: wish.prefers.map(toLowerCase) };
}

function toLowerCase(word: string): string {
  return word.toLowerCase();
}

/** 0 where it is not named; the highest where it is named in several letter cases. */
function levelOf(capabilities: AgentCandidate["capabilities"], wanted: string): number {
  let level = 0;
  for (const name in capabilities) {
    // The length first: it settles most comparisons, and this runs for every agent of every assignment.
    if (name === wanted || (name.length === wanted.length && name.toLowerCase() === wanted)) {
      level = Math.max(level, capabilities[name] ?? 0);
    }
  }
  return level;
}
