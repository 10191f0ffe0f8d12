/** For each status, what happens next and what a person can do about it. One short paragraph of Markdown. */
import type { PullRequest, Receipt, Task } from "../model/task.ts";
import { describeLacks, lacksOf } from "../planning/definition-of-ready.ts";
import { escapeText, toCode, toLink, toReference } from "./markdown.ts";
import { adviceOf, describeWaiting } from "./reasons.ts";
import { describeSplitStep } from "./split-text.ts";
import { agentName, type BlockerView, type TaskView } from "./task-view.ts";
import { describeInstant } from "./words.ts";

/** Reasons and questions of vendors are shown up to this length; the rest is in the session. */
const reasonMax = 500;
/** The list below the sentence has all of them. */
const lostMax = 5;

/** What happens next with the task, and what a person has been told to look at, as Markdown. */
export function describeNextStep(view: TaskView): string {
  const { escalated } = view.task;
  const step = describeStep(view);
  return escalated === null ? step : `${step} ⚠️ ${reasonOr(escalated, "")}`;
}

function describeStep(view: TaskView): string {
  const { task, status } = view;
  switch (status) {
    case "pending":
      return describePending(view);
    case "blocked":
      return describeBlocked(view);
    case "ready":
      return describeReady(view);
    case "assigned":
      return `${describeHolder(view)} is asked to start.`;
    case "in_progress":
      return describeProgress(view);
    case "review":
      return describeReview(view);
    case "needs_input":
      return describeQuestion(task);
    case "manual_review":
      return `${reasonOr(task.manualReview, "A person has to look.")} \`/orchestrate retry\` tries again, \`/orchestrate complete\` accepts it as done, \`/orchestrate cancel\` ends it.`;
    case "completed":
      return task.receipt === null ? "It is done." : describeReceipt(task.receipt);
    case "failed":
      return `${reasonOr(task.outcomeReason, "It failed.")} \`/orchestrate retry\` starts again, \`/orchestrate assign\` before it chooses the agent, \`/orchestrate complete\` accepts it as done: a person has to decide.`;
    case "upstream_failed":
      return `${upstreamOf(view)} failed. This task returns by itself when that one succeeds; \`/orchestrate unblock\` with its number goes on without it.`;
    case "cancelled":
      return `${reasonOr(task.outcomeReason, "It was cancelled.")} Nothing more happens here.`;
  }
}

function reasonOr(reason: string | null, fallback: string): string {
  const text = escapeText(reason ?? "", reasonMax);
  if (text === "") return fallback;
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function describePending(view: TaskView): string {
  const { task } = view;
  const split = describeSplitStep(view);
  if (split !== null) return split;
  if (task.isHeld || task.definition.heldByLabel) {
    const byLabel = task.definition.heldByLabel ? "remove the `hold` label" : "";
    const byCommand = task.isHeld ? `\`/orchestrate resume #${task.definition.number}\`` : "";
    return `It is on hold. To go on: ${[byLabel, byCommand].filter((part) => part !== "").join(" and ")}.`;
  }
  const doubts = describeDoubts(view);
  if (doubts.length > 0 && task.trust !== null && task.pendingReason === null) return doubts.join(" ");
  const approval = `${reasonOr(task.pendingReason, "Nobody with the permission to start work has asked for it.")} \`/orchestrate approve\` lets it start.`;
  return [approval, ...doubts].join(" ");
}

/** What is wrong with the issue itself: whoever edits or closes it needs nobody else. */
function describeDoubts({ task, waiting, duplicateOf = null }: TaskView): readonly string[] {
  const doubts: string[] = [];
  if (waiting.some(({ code }) => code === "not_ready"))
    doubts.push(`${describeLacks(lacksOf(task))} ${adviceOf("not_ready")}`);
  if (duplicateOf !== null)
    doubts.push(`It says the same as ${toReference(duplicateOf, null)}. ${adviceOf("duplicate")}`);
  return doubts;
}

function describeBlocked(view: TaskView): string {
  const cycle = view.cycle ?? null;
  if (cycle !== null && cycle.length > 0) {
    const path = cycle.map((reference) => toReference(reference, null)).join(" → ");
    return `It is part of a dependency cycle: ${path}. Nothing in it can start until one edge goes. ${describeCut(view)}`;
  }
  const split = describeSplitStep(view);
  if (split !== null) return split;
  if (view.task.definition.isContainer)
    return `It has sub-issues and completes with the last of them.${describeSwarm(view)}`;
  const open = view.blockers.filter((blocker) => blocker.isOpen);
  const lost = open.filter((blocker) => Object.hasOwn(lostWords, blocker.state));
  if (lost.length > 0) return describeLost(lost);
  return `It starts when ${open.length === 1 ? "its blocker is" : "its blockers are"} done.`;
}

function describeSwarm({ swarm = null }: TaskView): string {
  if (swarm === null) return "";
  const { workers, busy, by } = swarm;
  return ` ${toCode(by)} called a swarm: up to ${workers} workers at once go to them before other work, ${busy} now. \`/orchestrate swarm 0\` calls it off.`;
}

/** The way out that costs least; what a person said is never cut without one. */
function describeCut({ cut = [] }: TaskView): string {
  if (cut.length === 0) return "`/orchestrate unblock` with a number removes one.";
  const steps = cut.slice(0, lostMax).map(({ task, on }) => {
    const [blocker, waiter] = [toReference(on, null), toReference(task, null)];
    return `cut ${blocker} → ${waiter} with ${toCode(`/orchestrate unblock ${on}`)} on ${waiter}`;
  });
  return `The cheapest way out: ${steps.join("; ")}.`;
}

/** Ends that are no completion: whoever waits for these waits for ever, and only a person can say what is meant. */
const lostWords: Readonly<Record<string, string>> = {
  missing: "does not exist or cannot be seen from here",
  cancelled: "was cancelled",
  not_planned: "was closed as not planned",
  duplicate: "was closed as a duplicate",
};

function describeLost(lost: readonly BlockerView[]): string {
  const shown = lost
    .slice(0, lostMax)
    .map((each) => `${toReference(each.reference, each.url)} ${lostWords[each.state] ?? ""}`);
  const more = lost.length > lostMax ? ` and ${lost.length - lostMax} more` : "";
  return `It cannot start: ${shown.join(", ")}${more}. \`/orchestrate unblock\` with the number goes on without it.`;
}

/** Waits that pass by themselves in the order of the queue; `explain` counts them, a comment would only be outdated. */
const passingCodes: ReadonlySet<string> = new Set(["at_capacity", "more_loaded", "next_pass", "backoff", "feedback"]);

function describeReady(view: TaskView): string {
  const { retryAt } = view.task;
  const backoff =
    retryAt === null ? [] : [`The next attempt${describeTold(view)} starts after ${describeInstant(retryAt)}.`];
  const waiting = view.waiting.filter((reason) => !passingCodes.has(reason.code)).map(describeWaiting);
  const sentences = [...backoff, ...waiting];
  const swarm =
    (view.swarmOf ?? null) === null
      ? []
      : [`It belongs to the swarm of #${view.swarmOf}, which goes before other work.`];
  return sentences.length === 0
    ? ["The next free worker takes it.", ...swarm].join(" ")
    : [...sentences, ...swarm].join(" ");
}

/** What it goes on with, and that it knows what is wrong. */
function describeTold({ task, feedback = null }: TaskView): string {
  const { pull } = task;
  if (pull === null || pull.state !== "open") return "";
  const link = toReference(`#${pull.number}`, pull.url);
  return feedback === null ? ` at ${link}` : ` at ${link}, which is told what is said below,`;
}

/** `Jules (jules/2)`. */
function describeHolder(view: TaskView): string {
  const assignment = view.task.assignment;
  if (assignment === null) return "An agent";
  return `${escapeText(agentName(view, assignment.agent))} (${toCode(assignment.worker)})`;
}

function describeProgress(view: TaskView): string {
  const { assignment, pullDueAt } = view.task;
  if (assignment === null) {
    const until = pullDueAt === null ? "soon" : `until ${describeInstant(pullDueAt)}`;
    return `The session has ended well; its pull request is expected ${until}.`;
  }
  if (assignment.personAsked) {
    return `${describeHolder(view)} can neither be asked nor cancelled from here. Please end its session, then write \`/orchestrate retry\` or \`/orchestrate cancel\`.`;
  }
  if (assignment.cancelReason === "preempted") {
    return `It gives way to more urgent work: the session of ${describeHolder(view)} is being ended. This is no failure, what it has done is kept, and it goes on when a worker is free.`;
  }
  const { handedTo = null } = assignment;
  if (handedTo !== null) {
    return `It is handed over to ${toCode(handedTo.worker ?? handedTo.agent)}, ${handedTo.reason === undefined ? `as ${toCode(handedTo.by)} asked` : "to balance the agents"}: the session of ${describeHolder(view)} is being ended first. This is no failure, and what it has done is kept.`;
  }
  if (assignment.phase === "ending") return `The session of ${describeHolder(view)} is being cancelled.`;
  return `${describeHolder(view)} is at work. The pull request appears here.`;
}

function describeReview(view: TaskView): string {
  const merging = view.waiting.filter(({ code }) => code.startsWith("merge_"));
  // Who merges it is told of open boxes as well.
  const isOurs = merging.some(({ code }) => code !== "merge_unticked");
  return [describePull(view.task.pull, isOurs), ...merging.map(describeWaiting)].join(" ");
}

/** What is merged without a person is said after it. */
function describePull(pull: PullRequest | null, isOurs: boolean): string {
  if (pull === null) return "The pull request is being looked at.";
  const link = toReference(`#${pull.number}`, pull.url);
  if (pull.objection !== undefined && pull.checks !== "failure" && pull.mergeable !== "conflict") {
    return `${toCode(pull.objection.by)} asks for changes on ${link}; the agent has been told, and it waits to be reviewed again.`;
  }
  if (pull.mergeable === "conflict") return `${link} conflicts with its base; the agent is asked to resolve it.`;
  switch (pull.checks) {
    case "failure":
      return `The checks of ${link} failed.`;
    case "pending":
      return `The checks of ${link} are running.`;
    default:
      return isOurs ? `${link} is open.` : `${link} waits to be reviewed and merged.`;
  }
}

function describeQuestion(task: Task): string {
  const question = escapeText(task.assignment?.question ?? "", reasonMax);
  // It is us who ask: nothing is heard of the session.
  if (task.assignment?.personAsked === true && question !== "") return question;
  const asks = question === "" ? "The agent waits for an answer." : `The agent asks: ${question}`;
  const session = task.assignment?.session ?? null;
  const where = session === null ? "in its session" : toLink("in its session", session.url);
  return `${asks} Please answer ${where}; \`/orchestrate cancel\` ends it.`;
}

function upstreamOf(view: TaskView): string {
  const upstream = view.upstream ?? null;
  return upstream === null ? "A task that it needs" : toReference(upstream, null);
}

function describeReceipt(receipt: Receipt): string {
  const by = toCode(receipt.by);
  const when = describeInstant(receipt.at);
  const warning = receipt.warning === null ? "" : ` ⚠️ ${reasonOr(receipt.warning, "")}`;
  return `${receiptSentence(receipt, by)} at ${when}.${warning}`;
}

function receiptSentence(receipt: Receipt, by: string): string {
  const what = toReceiptReference(receipt.reference);
  switch (receipt.kind) {
    case "merge":
      return `${what} was merged by ${by}`;
    case "command":
      return `${by} declared it complete`;
    case "closed":
      return `${by} closed it as completed`;
    case "children":
      return "The last of its sub-issues was completed";
    case "checks":
      return `The checks of ${what} are green`;
    case "reported":
      return `${by} reported it done`;
  }
}

/** A receipt names its pull request by number or by address; both are shown as the number. */
function toReceiptReference(reference: string): string {
  const number = /\/(?:pull|issues)\/([1-9]\d{0,9})$/.exec(reference)?.[1];
  return number === undefined ? toReference(reference, null) : toReference(`#${number}`, reference);
}
