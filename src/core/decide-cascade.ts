/** Tells that several vendors fail at once, in the decision in which they do, and that it has passed. */
import type { Cascade } from "./cascade.ts";
import { cascadeOf, describeCascade } from "./cascade.ts";
import type { Decision } from "./decision.ts";
import { clear, raise } from "./decide-warnings.ts";

/** Brings the warning to what is so now. Work in proportion to the agents. */
export function reviseCascade(decision: Decision): void {
  const cascade = cascadeOf(decision.state, decision.context);
  if (cascade === null) clear(decision, "cascade", "all");
  else raise(decision, { code: "cascade", subject: "all", severity: "critical", ...wordsOf(decision, cascade) });
}

function wordsOf({ state }: Decision, cascade: Cascade): { readonly detail: string; readonly suggestion: string } {
  const trials = cascade.failing.map((agent) => state.agents.get(agent)?.pausedUntil ?? 0);
  const first = new Date(Math.min(...trials)).toISOString();
  return {
    detail: `${describeCascade(cascade)} Nothing new is started at any agent; what runs goes on and is watched, and so do merges. Each of these vendors is tried out with one task when its pause is over, the first at ${first}.`,
    suggestion: `It passes by itself when fewer of them fail. Look at what they share: GitHub, the network, keys that have run out. \`/orchestrate enable ${cascade.failing[0]}\` says that this vendor is back, \`/orchestrate resume\` that all are.`,
  };
}
