/** The workers of the configuration with what matching asks of each: taken or not, disabled, out of quota. */
import type { WorkerCandidate } from "../matching/choose-worker.ts";
import { toAgentId, toWorkerId } from "../model/ids.ts";
import { quotaLeft } from "./caps.ts";
import type { Context } from "./decision.ts";
import type { State } from "./state.ts";

/** One candidate a slot, in the order of the configuration. */
export function candidateWorkers(state: State, context: Context): readonly WorkerCandidate[] {
  return context.config.agents.flatMap((agent) => {
    const id = toAgentId(agent.id);
    const quota = quotaLeft(state, context, agent);
    return Array.from({ length: agent.capacity }, (_, index) => {
      const worker = toWorkerId(id, index + 1);
      return {
        worker,
        agent: id,
        type: agent.type,
        capabilities: agent.capabilities,
        load: state.occupied.has(worker) ? 1 : 0,
        capacity: 1,
        isDisabled: state.disabledWorkers.has(worker) || state.disabledWorkers.has(id as never),
        isPaused: null,
        quotaLeft: quota,
      };
    });
  });
}
