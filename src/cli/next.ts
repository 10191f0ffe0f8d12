/** `orchestrate next`: what would be started next, where and why, as ranking and matching decide it now. Reads only. */
import { CommandFailed } from "./failure.ts";
import { readState, withRepository } from "./reach.ts";
import type { Answer } from "./answer.ts";
import { unknownTarget, workersNamed } from "../core/instruction.ts";
import type { AtHand } from "../engine/at-hand.ts";
import { toNextView, type NextAsked } from "../engine/next-starts.ts";
import { agentOf } from "../model/ids.ts";
import { toPlainWords } from "../views/plain-page.ts";
import { renderNextPage, toNextDocument } from "../views/next-page.ts";

export interface NextOptions {
  /** An agent, or one of its workers. */
  readonly agent?: string | undefined;
  readonly count?: number | undefined;
}

const defaultCount = 10;

/** The best starts. Rejects with one sentence, also where there is no such agent. */
export function next(name: string | undefined, options: NextOptions): Promise<Answer> {
  return withRepository(name, async (target) => {
    const found = await readState(target);
    const { repository } = target;
    const taker = options.agent === undefined ? null : demandTaker(found, options.agent.trim().toLowerCase());
    const view = toNextView(found.state, found.context, { repository, taker, max: options.count ?? defaultCount });
    return { document: toNextDocument(view), page: renderNextPage(view) };
  });
}

/** Rejects with the agents that there are. */
export function demandTaker({ state, context }: AtHand, name: string): NonNullable<NextAsked["taker"]> {
  const [first] = workersNamed(state, context, name);
  if (first === undefined) throw new CommandFailed(toPlainWords(unknownTarget(context, name)));
  const agent = agentOf(first);
  return { name, agent, worker: name === agent ? null : first };
}
