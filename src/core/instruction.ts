/** What a slash command is to the files that carry it out: the command, its reply, and the words they share. */
import type { Command } from "../model/command.ts";
import { toAgentId, toWorkerId, type WorkerId } from "../model/ids.ts";
import type { SlashCommand } from "../model/slash.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { fullCapacityOf } from "../state/capacity.ts";
import type { State } from "../state/state.ts";
import { describeRefusal, describeUnselected, refusalNow } from "./intake.ts";

export type Instruct = Extract<Command, { readonly type: "Instruct" }>;

/** What came of an instruction: done, or a refusal with what the person can do. */
export type Reply =
  | { readonly kind: "done"; readonly answer: string | null }
  | { readonly kind: "refused"; readonly answer: string };

/** Verbs that select an issue that is no task yet. */
export const startingVerbs: ReadonlySet<SlashCommand["verb"]> = new Set<SlashCommand["verb"]>([
  "approve",
  "assign",
  "retry",
]);

export const done: Reply = { kind: "done", answer: null };

export function refused(answer: string): Reply {
  return { kind: "refused", answer };
}

/** `jules` names all its workers, `jules/2` one; anything else none. */
export function workersNamed(state: State, context: Context, name: string): readonly WorkerId[] {
  for (const agent of context.config.agents) {
    const id = toAgentId(agent.id);
    const all = Array.from({ length: Math.max(agent.capacity, fullCapacityOf(state, agent)) }, (_, index) =>
      toWorkerId(id, index + 1),
    );
    if (agent.id === name) return all;
    const one = all.find((worker) => worker === name);
    if (one !== undefined) return [one];
  }
  return [];
}

export function unknownTarget(context: Context, name: string): string {
  const known = context.config.agents.map((agent) => agent.id).join(", ") || "none yet";
  return `There is no agent or worker \`${name.replaceAll("`", "")}\`. The agents are: ${known}.`;
}

/** Why there is nothing that the command could be about: the issue is no task, for want of room or because nobody has selected it. */
export function unselected({ state, context }: Decision, command: Instruct): string {
  if (command.isOutside === true || (selectsByItself(command) && refusalNow(state, context) !== null)) {
    return describeRefusal(state, context);
  }
  return describeUnselected(context.config);
}

/** Whoever asks for work on an issue has selected it with that. */
function selectsByItself({ instruction }: Instruct): boolean {
  return instruction !== null && startingVerbs.has(instruction.verb);
}
