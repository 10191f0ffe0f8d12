/** Slash commands: who may, what it does, and the answer. Every instruction gets exactly one acknowledgement. */
import { permits, type Permission } from "../model/actor.ts";
import type { Command } from "../model/command.ts";
import { neededPermission } from "../model/slash-commands.ts";
import type { SlashCommand } from "../model/slash.ts";
import { instructGraph } from "./instruct-graph.ts";
import { instructTask } from "./instruct-task.ts";
import { instructWhole } from "./instruct-whole.ts";
import type { Decision } from "./decision.ts";

export type Instruct = Extract<Command, { readonly type: "Instruct" }>;

/** What came of an instruction: done, or a refusal with what the person can do. */
export type Reply =
  | { readonly kind: "done"; readonly answer: string | null }
  | { readonly kind: "refused"; readonly answer: string };

export const done: Reply = { kind: "done", answer: null };

export function refused(answer: string): Reply {
  return { kind: "refused", answer };
}

export function decideInstruction(decision: Decision, command: Instruct): void {
  const { instruction } = command;
  if (instruction === null) return acknowledge(decision, command, "confused", command.problem);
  const needed = permissionFor(decision, instruction);
  if (!permits(command.by.permission, needed)) {
    return acknowledge(
      decision,
      command,
      "-1",
      `@${command.by.login}: \`/orchestrate ${instruction.verb}\` needs ${needed} permission on this repository; you have ${command.by.permission}. Ask somebody who has it.`,
    );
  }
  if (command.answer !== undefined) return acknowledge(decision, command, "eyes", command.answer);
  const reply = perform(decision, command, instruction);
  acknowledge(decision, command, reply.kind === "done" ? "+1" : "-1", reply.answer);
}

/** `trust: triage` lets those who triage start work as well. */
function permissionFor(decision: Decision, instruction: SlashCommand): Permission {
  const needed = neededPermission(instruction);
  return needed === "write" ? decision.context.config.trust : needed;
}

function perform(decision: Decision, command: Instruct, instruction: SlashCommand): Reply {
  return (
    instructWhole(decision, command, instruction) ??
    instructTask(decision, command, instruction) ??
    instructGraph(decision, command, instruction) ??
    refused(`\`/orchestrate ${instruction.verb}\` cannot be answered here.`)
  );
}

/** An issue that is no task has no sticky comment to answer in: there the reaction must say enough. */
function acknowledge(decision: Decision, command: Instruct, reaction: "+1" | "-1" | "eyes" | "confused", answer: string | null): void {
  const isTask = decision.state.tasks.has(command.task);
  decision.emit({
    type: "CommandAnswered",
    task: isTask ? command.task : null,
    comment: command.comment,
    reaction,
    answer,
  });
}
