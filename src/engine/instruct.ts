/** From a heard comment to an instruction: parsed, its reference resolved, its answer rendered where it only asks. */
import { simulate } from "../insight/simulate.ts";
import type { State } from "../state/state.ts";
import type { Context } from "../model/context.ts";
import { describeRefusal, describeUnselected } from "../core/intake.ts";
import type { Command, NamedIssue, ReadText } from "../model/command.ts";
import { toCommandId, type CommandId, type TaskId } from "../model/ids.ts";
import { parseSlash } from "../model/slash-commands.ts";
import type { SlashCommand } from "../model/slash.ts";
import type { Task } from "../model/task.ts";
import type { HeardComment, Tracker } from "../ports/tracker.ts";
import { renderLeaving } from "../views/agents-leaving.ts";
import { renderAgents } from "../views/agents-table.ts";
import { renderExplain } from "../views/explain.ts";
import { renderHelp } from "../views/help.ts";
import { renderPlanAnswer } from "../views/plan-answer.ts";
import { renderSimulation } from "../views/simulation.ts";
import { renderStatus } from "../views/status-comment.ts";
import { toLeavingViews } from "./leaving-views.ts";
import { toPlanAnswer } from "./plan-answer.ts";
import { toAgentViews, toOverview, toExplainedView, toTaskView } from "./task-views.ts";

interface Place {
  readonly state: State;
  readonly context: Context;
  /** Whether the issue is selected and was not taken in, for want of room. */
  readonly isOutside: boolean;
}

/** The comment's own id: however often it is delivered or read, it is one command. */
export function toCommentCommand(databaseId: number): CommandId {
  return toCommandId(`comment:${databaseId}`);
}

/** The instruction that a comment is; null when its first line does not ask for us. Rejects as the tracker does. */
export async function toInstruction(
  comment: HeardComment,
  place: Place & { readonly tracker: Tracker },
): Promise<Extract<Command, { readonly type: "Instruct" }> | null> {
  const reading = parseSlash(comment.body);
  if (reading.kind === "none") return null;
  const base = {
    type: "Instruct" as const,
    id: toCommentCommand(comment.databaseId),
    by: comment.by,
    task: comment.task,
    comment: comment.comment,
    ...(place.state.tasks.has(comment.task) ? {} : { issue: comment.number, isOutside: place.isOutside }),
  };
  if (reading.kind === "problem") return { ...base, instruction: null, problem: reading.problem };
  const { command } = reading;
  const reference = await resolve(place.tracker, command);
  const text = isAboutText(command, place.state.tasks.get(comment.task))
    ? await readText(place.tracker, comment.number)
    : undefined;
  const answer = answerOf(command, comment.task, place);
  return {
    ...base,
    instruction: command,
    problem: null,
    ...(reference === undefined ? {} : { reference }),
    ...(text === undefined ? {} : { text }),
    ...(answer === null ? {} : { answer }),
  };
}

/** A split is read from the text, and approved with the one that is there at that moment. */
function isAboutText({ verb }: SlashCommand, task: Task | undefined): boolean {
  return verb === "split" || (verb === "approve" && task?.split === "proposed");
}

async function readText(tracker: Tracker, number: number): Promise<ReadText | null> {
  const brief = await tracker.brief(number);
  return brief === null ? null : { body: brief.body, hash: brief.hash, milestone: brief.milestone ?? null };
}

async function resolve(tracker: Tracker, command: SlashCommand): Promise<NamedIssue | null | undefined> {
  if ((command.verb !== "blocked-by" && command.verb !== "unblock") || "wait" in command) return undefined;
  const found = await tracker.resolve({ repository: command.repository, number: command.number });
  if (found === null) return null;
  const { id, reference, url, state, waitsFor } = found;
  return { id, reference, url, state, ...(waitsFor === undefined ? {} : { waitsFor }) };
}

/** Verbs that only ask are answered from the state as it is. */
function answerOf(command: SlashCommand, id: TaskId, { state, context, isOutside }: Place): string | null {
  const task = state.tasks.get(id);
  const view = task === undefined ? null : toTaskView(state, task, context);
  switch (command.verb) {
    case "help":
      return renderHelp();
    case "agents":
      return [renderAgents(toAgentViews(state, context)), renderLeaving(toLeavingViews(state, context.config))]
        .filter((part) => part !== "")
        .join("\n\n");
    case "status":
      if (isOutside && view === null) return describeRefusal(state, context);
      return renderStatus(toOverview(state, context), view);
    case "plan":
      return renderPlanAnswer(toPlanAnswer(state, context));
    case "simulate":
      return renderSimulation(simulate(state, context));
    case "explain":
      if (task !== undefined) return renderExplain(toExplainedView(state, task, context));
      return isOutside ? describeRefusal(state, context) : describeUnselected(context.config);
    default:
      return null;
  }
}
