/** `orchestrate complete`, `fail` and `handoff`: what the slash commands of these names do, decided by the same rules and written to the state branch. */
import { demandWriter } from "./actor.ts";
import { demandTask, demandTaskName } from "./demand-task.ts";
import { CommandFailed } from "./failure.ts";
import { neverRun, readState, withRepository, type Target } from "./reach.ts";
import type { Answer } from "./answer.ts";
import type { Told } from "../engine/at-hand.ts";
import type { TaskName } from "../engine/find-task.ts";
import { toTaskView } from "../engine/task-views.ts";
import type { Command } from "../model/command.ts";
import type { EventOf } from "../model/event.ts";
import type { CommandId } from "../model/ids.ts";
import { readArgument } from "../model/slash-arguments.ts";
import type { SlashCommand } from "../model/slash.ts";
import type { Task } from "../model/task.ts";
import { UsageError } from "../usage-error.ts";
import { renderOrderedPage, toOrderedDocument, type Ordered } from "../views/ordered-page.ts";
import { toPlainWords } from "../views/plain-page.ts";
import { wireOrder } from "../wire.ts";

export interface OrderOptions {
  readonly repository?: string;
}

/** Each answers what holds then. They reject with one sentence, also for somebody who may not and for what is refused. */
export async function complete(task: string, options: OrderOptions): Promise<Answer> {
  return order(task, { verb: "complete" }, options);
}

export async function fail(task: string, words: readonly string[], options: OrderOptions): Promise<Answer> {
  const text = words.join(" ").replaceAll(/\s+/g, " ").trim();
  return order(task, { verb: "fail", reason: readWord("reason", text) }, options);
}

export async function handOff(task: string, target: string, options: OrderOptions): Promise<Answer> {
  return order(task, { verb: "handoff", target: readWord("target", target.trim()) }, options);
}

/** As it is read behind the slash command. */
function readWord(kind: "reason" | "target", text: string): string {
  const reading = readArgument(kind, text);
  if (reading.kind === "problem") throw new UsageError(toPlainWords(reading.problem));
  return String(reading.value[kind]);
}

async function order(wanted: string, instruction: SlashCommand, options: OrderOptions): Promise<Answer> {
  const name = demandTaskName(wanted);
  return withRepository(options.repository, async (target) => {
    const ordered = await instruct(target, name, instruction);
    return { document: toOrderedDocument(ordered), page: renderOrderedPage(ordered) };
  });
}

/** Who asks, and for what, is found out before anything is written. */
async function instruct(target: Target, name: TaskName, instruction: SlashCommand): Promise<Ordered> {
  const { id: task } = demandTask(await readState(target), name, target);
  const by = await demandWriter(target, `${instruction.verb === "handoff" ? "hand over" : instruction.verb} tasks of`);
  const toCommand = (id: CommandId): Command => {
    return { type: "Instruct", id, by, task, comment: null, instruction, problem: null };
  };
  const told = (await wireOrder(target.surroundings, { ...target, toCommand })) ?? neverRun(target);
  const now = demandTask(told, name, target);
  const { answer } = demandDone(told, now);
  const view = toTaskView(told.state, now, told.context);
  return { repository: target.repository, view, answer, isChanged: told.events.length > 1 };
}

/** Every instruction is acknowledged. Throws the answer where it was refused. */
function demandDone({ events }: Told, { definition }: Task): EventOf<"CommandAnswered"> {
  const answered = events.find((event) => event.type === "CommandAnswered");
  if (answered?.reaction === "+1") return answered;
  const why = answered?.answer ?? "It could not be decided, so nothing was changed.";
  throw new CommandFailed(`#${definition.number}: ${toPlainWords(why)}`);
}
