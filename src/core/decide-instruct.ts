/** Slash commands: who may, what it does, and the answer. Every instruction gets exactly one acknowledgement. */
import { toHashStart } from "../model/box.ts";
import { permits, type Permission } from "../model/actor.ts";
import { neededPermission } from "../model/slash-commands.ts";
import type { LastCommand } from "../model/last-command.ts";
import type { SlashCommand } from "../model/slash.ts";
import { bounded } from "./decide-session.ts";
import { instructGraph } from "./instruct-graph.ts";
import { instructSplit } from "./decide-split.ts";
import { instructHandoff } from "./instruct-handoff.ts";
import { startsAttack } from "./instruct-mode.ts";
import { instructTask } from "./instruct-task.ts";
import { instructUndo, type Undone } from "./instruct-undo.ts";
import { instructWhole } from "./instruct-whole.ts";
import { remembering } from "./remember-command.ts";
import { refused, type Instruct, type Reply } from "./instruction.ts";
import type { Decision } from "./decision.ts";

export function decideInstruction(decision: Decision, command: Instruct): void {
  const { instruction } = command;
  if (instruction === null) return acknowledge(decision, command, { reaction: "confused", answer: command.problem });
  const needed = permissionFor(decision, command, instruction);
  if (!permits(command.by.permission, needed)) {
    const { login, permission } = command.by;
    const answer = `@${login}: \`/orchestrate ${instruction.verb}\` needs ${needed} permission on this repository; you have ${permission}. Ask somebody who has it.`;
    return acknowledge(decision, command, { reaction: "-1", answer });
  }
  if (command.answer !== undefined) return acknowledge(decision, command, { reaction: "eyes", answer: command.answer });
  const { reply, kept } = performOrUndo(decision, command, instruction);
  const reaction = reply.kind === "done" ? "+1" : "-1";
  acknowledge(decision, command, { reaction, answer: reply.answer, ...(kept === null ? {} : { kept }) });
}

/** What lets dependents start without a merge, and what takes back anything: taken from people with write alone, whoever may start work. */
const evidence: ReadonlySet<SlashCommand["verb"]> = new Set<SlashCommand["verb"]>(["complete", "unblock", "undo"]);

/** `trust: triage` lets those who triage start work as well; whom a task waits for may say that it need not any more. */
function permissionFor(decision: Decision, command: Instruct, instruction: SlashCommand): Permission {
  if ("wait" in instruction && instruction.wait === `@${command.by.login.toLowerCase()}`) return "none";
  const needed = neededPermission(instruction);
  if (startsAttack(instruction) || evidence.has(instruction.verb)) return needed;
  return needed === "write" ? decision.context.config.trust : needed;
}

/** A box approves the text that was there when it was offered: whoever ticked it may not have seen the one that is there now. */
function refusalOfBox({ state }: Decision, { box, task }: Instruct): Reply | null {
  if (box?.hash === undefined) return null;
  const definition = state.tasks.get(task)?.definition;
  if (definition === undefined || toHashStart(definition.hash) === box.hash) return null;
  return refused(
    `The text of #${definition.number} has changed since this box was offered: read it again, then tick the new one.`,
  );
}

function performOrUndo(decision: Decision, command: Instruct, instruction: SlashCommand): Undone {
  const refusal = refusalOfBox(decision, command);
  if (refusal !== null) return { reply: refusal, kept: null };
  return (
    instructUndo(decision, command, instruction) ??
    remembering(decision, command, () => perform(decision, command, instruction))
  );
}

function perform(decision: Decision, command: Instruct, instruction: SlashCommand): Reply {
  return (
    instructWhole(decision, command, instruction) ??
    instructSplit(decision, command, instruction) ??
    instructTask(decision, command, instruction) ??
    instructGraph(decision, command, instruction) ??
    instructHandoff(decision, command, instruction) ??
    refused(`\`/orchestrate ${instruction.verb}\` cannot be answered here.`)
  );
}

interface Acknowledgement {
  readonly reaction: "+1" | "-1" | "eyes" | "confused";
  readonly answer: string | null;
  /** What it has changed; missing where it has changed nothing. */
  readonly kept?: LastCommand;
}

/**
 * On an issue that nobody has selected the reaction must be enough for strangers: else everybody could have us write on every
 * issue. Whoever works here, and whoever asks on an issue that was selected and not taken in, is answered in a comment.
 */
function acknowledge(decision: Decision, command: Instruct, acknowledgement: Acknowledgement): void {
  if (command.box !== undefined) return answerBox(decision, command.box, { by: command.by.login, ...acknowledgement });
  const task = decision.state.tasks.has(command.task) ? command.task : null;
  const isAnswered = command.isOutside === true || permits(command.by.permission, "triage");
  const issue = task !== null || command.issue === undefined || !isAnswered ? {} : { issue: command.issue };
  decision.emit({ type: "CommandAnswered", task, ...issue, comment: command.comment, ...acknowledgement });
}

/** The cockpit tells it: there is no comment to react to. */
function answerBox(
  decision: Decision,
  box: NonNullable<Instruct["box"]>,
  { by, reaction, answer, kept }: Acknowledgement & { readonly by: string },
): void {
  const { key, tickedAt } = box;
  // Whom it is for is said there already.
  const said = answer === null ? null : bounded(answer.replace(`@${by}: `, ""));
  decision.emit({
    type: "BoxTicked",
    box: key,
    by,
    tickedAt,
    isDone: reaction === "+1",
    answer: said,
    ...(kept === undefined ? {} : { kept }),
  });
}
