/** A retrospective in words: as a page of Markdown, and as a document for programs. It says the same for the same facts. */
import type { AgentPart, Improvement, LookBack, Retrospective, Success, TaskHead } from "../model/retrospective.ts";
import type { FailureReason } from "../model/task.ts";
import { cutLines, escapeText, renderTable, toCode, toReference } from "./markdown.ts";
import { count, describeCost, describeInstant, describeMinutes, failureWords } from "./words.ts";

const lengthMax = 60_000;

/** `reports/retrospective-4.md`: where the retrospective of this number is on the state branch. */
export function retrospectiveFilePath(number: number): string {
  return `reports/retrospective-${number}.md`;
}

/** The whole page; ends with a line break. `number` is null for one that somebody asks for. */
export function renderRetrospective(repository: string, number: number | null, facts: Retrospective): string {
  const { tasks, agents, wentWell, improvements, next } = facts;
  const title = number === null ? "Retrospective" : `Retrospective ${number}`;
  const parts = [
    `# ${title}, ${facts.at.slice(0, 10)}`,
    tasks.length === 0
      ? `${escapeText(repository)}: no task has been completed yet.`
      : `${escapeText(repository)}: ${count(tasks.length, "completed task")}, until ${describeInstant(Date.parse(facts.at))}.`,
    titled("Tasks", tasks.map((task) => `- ${describeTask(task)}`).join("\n")),
    titled("Agents", agents.length === 0 ? "" : renderAgents(agents)),
    titled("What went well", wentWell.map((each) => `- ${describeSuccess(each)}`).join("\n")),
    titled("What to improve", improvements.map((each) => `- ${describeImprovement(each)}`).join("\n")),
    titled(
      "Action items",
      actionsOf(improvements)
        .map((action) => `- [ ] ${action}`)
        .join("\n"),
    ),
    titled("Next", next.map(describeNext).join("\n")),
  ];
  return cutLines(`${parts.filter((part) => part !== "").join("\n\n")}\n`, lengthMax);
}

/** The facts with the words of each finding, for programs. */
export function toRetrospectiveDocument(facts: Retrospective) {
  return {
    ...facts,
    wentWell: facts.wentWell.map((each) => ({ ...each, text: describeSuccess(each) })),
    improvements: facts.improvements.map((each) => ({
      ...each,
      text: describeImprovement(each),
      action: actionOf(each),
    })),
  };
}

function titled(title: string, text: string): string {
  return text === "" ? "" : `## ${title}\n\n${text}`;
}

function describeTask(task: LookBack): string {
  const parts = [
    task.attempts === 0
      ? "without an agent"
      : `${count(task.attempts, "attempt")} by ${task.agents.map((each) => toCode(each)).join(", ")}`,
    ...describeTime(task),
    ...task.failures.map(({ reason, times }) => `${failureWords[reason]}${times === 1 ? "" : ` (${times} times)`}`),
    ...(task.sentBack === 0 ? [] : [`sent back ${timesOf(task.sentBack)}`]),
    ...(task.costUsd === 0 ? [] : [describeCost(task.costUsd)]),
  ];
  return `${nameOf(task)}: ${parts.join("; ")}`;
}

function describeTime({ attempts, minutes, estimateMinutes }: LookBack): readonly string[] {
  if (attempts === 0) return [];
  const estimate = estimateMinutes === null ? "not estimated" : `estimated at ${describeMinutes(estimateMinutes)}`;
  return [`${describeMinutes(minutes)} of work, ${estimate}`];
}

function nameOf({ reference, url, title }: TaskHead): string {
  return `${toReference(reference, url)} ${escapeText(title)}`;
}

function describeNext(task: TaskHead, index: number): string {
  return `${index + 1}. ${nameOf(task)}`;
}

function renderAgents(agents: readonly AgentPart[]): string {
  const rows = agents.map(({ agent, tasks, attempts, failed, minutes, costUsd }) => [
    toCode(agent),
    String(tasks),
    String(attempts),
    String(failed),
    describeMinutes(minutes),
    describeCost(costUsd),
  ]);
  return renderTable(["agent", "tasks", "attempts", "failed", "work", "cost"], rows);
}

function describeSuccess(success: Success): string {
  switch (success.code) {
    case "first_attempt":
      return `${success.count} of ${count(success.of, "task")} ${success.count === 1 ? "was" : "were"} done at the first attempt.`;
    case "no_failure":
      return success.attempts === 1 ? "The one attempt did not fail." : `None of ${success.attempts} attempts failed.`;
    case "on_time":
      return `${success.count} of ${count(success.of, "task")} with an estimate took no longer than that.`;
    case "not_sent_back":
      return "Nothing was sent back by checks, reviewers or conflicts.";
  }
}

function describeImprovement(improvement: Improvement): string {
  switch (improvement.code) {
    case "same_failure":
      return `The same failure ${timesOf(improvement.times)} (${listOf(improvement.tasks)}): ${failureWords[improvement.reason]}.`;
    case "failing_agent":
      return `${toCode(improvement.agent)} failed at ${improvement.failed} of ${count(improvement.attempts, "attempt")}, more often than others.`;
    case "sent_back":
      return `Work that had ended well was sent back ${timesOf(improvement.times)} (${listOf(improvement.tasks)}).`;
    case "many_attempts":
      return `Three attempts or more: ${listOf(improvement.tasks)}.`;
    case "underestimated":
      return `More than twice the estimate: ${listOf(improvement.tasks)}.`;
    case "overestimated":
      return `Less than half the estimate: ${listOf(improvement.tasks)}.`;
  }
}

function timesOf(times: number): string {
  return times === 1 ? "once" : times === 2 ? "twice" : `${times} times`;
}

function listOf(references: readonly string[]): string {
  return references.join(", ");
}

/** One of each. */
function actionsOf(improvements: readonly Improvement[]): readonly string[] {
  return [...new Set(improvements.map(actionOf))];
}

function actionOf(improvement: Improvement): string {
  switch (improvement.code) {
    case "same_failure":
      return remedies[improvement.reason];
    case "failing_agent":
      return `Give ${toCode(improvement.agent)} less of such work: lower its \`agents[].capabilities\` or \`capacity\`, or name another agent with \`/orchestrate assign <agent>\`.`;
    case "sent_back":
      return criteria;
    case "many_attempts":
      return "Split such tasks before they are started: `/orchestrate split`.";
    case "underestimated":
      return "Estimate such tasks higher (`/orchestrate estimate <t>`, or a label `estimate:<t>`), or split them with `/orchestrate split`.";
    case "overestimated":
      return "Estimate such tasks lower: `/orchestrate estimate <t>`, or a label `estimate:<t>`.";
  }
}

const criteria =
  "Say in the issue how the result will be judged: `orchestrate prep <task> --criterion <text>`; `ready.criteria: true` asks for it before anything starts.";
const outage =
  "See with `/orchestrate agents` whether the vendor has an outage; name another agent with `/orchestrate assign <agent>` meanwhile.";
const nothingToDo = "See with `/orchestrate explain` on the task how it came to this.";

/** What to do so that a failure of this kind does not come again. */
const remedies: Readonly<Record<FailureReason, string>> = {
  timeout: "Give sessions more time (`agents[].timeout`), or split such tasks with `/orchestrate split`.",
  validation: criteria,
  api_error: outage,
  no_result:
    "Say in the issue what is to be there in the end (`orchestrate prep <task> --goal <text>`); `ready.goal: true` asks for it before anything starts.",
  needs_input:
    "Answer questions sooner, or say more in the issue: `ready.minimumLength` and `ready.criteria` ask for it before anything starts.",
  checks_failed:
    "Tell agents how to run the checks before they push, in the repository's instructions for agents or as a criterion: `orchestrate prep <task> --criterion <text>`.",
  changes_requested: criteria,
  conflict:
    "Have tasks that touch the same files wait for each other: `/orchestrate blocked-by #n`, or merge sooner (`merge: auto`).",
  vendor_failed: outage,
  cancelled: nothingToDo,
  pull_closed: "Say in the issue what was wrong with the pull request before `/orchestrate retry`.",
  reported: nothingToDo,
  preempted: nothingToDo,
  stopped: nothingToDo,
  handed_over: nothingToDo,
  queued: nothingToDo,
};
