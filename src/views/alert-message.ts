/** What goes to the webhook: an alert with its task, what was tried and what helps, or how far the work is. The keys are a contract. */
import { alertId, type Alert, type Message, type Progress } from "../model/alert.ts";
import { toPlainLine } from "./markdown.ts";
import { describeNextStep } from "./next-step.ts";
import { toPlainWords } from "./plain-page.ts";
import type { TaskView } from "./task-view.ts";
import { warningWords } from "./warning-words.ts";
import { count, describeResult, describeSpan, toIso } from "./words.ts";

/** The newest. */
const attemptsShown = 5;
const wordsMax = 1_500;
const detailMax = 600;
const marks: Readonly<Record<Alert["severity"], string>> = { critical: "🔴", warning: "🟠", notice: "🔵" };
const zeroWidthSpace = "\u200B";

/** Whose messages they are. */
export interface Sender {
  readonly stream: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** `view` is of the task that it is about; null where it is about none, or one that is gone. */
export function toAlertMessage({ stream, repository }: Sender, alert: Alert, view: TaskView | null): Message {
  const id = `${stream}/${alertId(alert)}`;
  const { state, code, severity, subject, detail, since, at } = alert;
  const suggestion = state === "cleared" ? "" : suggestionFor(alert, view);
  const text = textOf({ ...alert, suggestion }, { repository, view });
  const document = {
    version: 1,
    event: "alert",
    id,
    text,
    repository,
    state,
    code,
    title: warningWords[code],
    severity,
    subject,
    task: view === null ? null : toTask(view),
    detail,
    suggestion,
    since: toIso(since),
    at: toIso(at),
  };
  return { kind: "alert", id, text, document };
}

/** The same figures as a line of the log and as a message. */
export function describeProgress(progress: Omit<Progress, "since" | "at" | "open" | "started">): string {
  const { active, ready, heldBack, blocked, completed, failed } = progress;
  const held = heldBack === 0 ? "" : ` (${heldBack} held back)`;
  return `Progress: ${active} active, ${ready} ready${held}, ${blocked} blocked; ${completed} completed and ${failed} failed since the last summary.`;
}

export function toProgressMessage({ stream, repository }: Sender, progress: Progress): Message {
  const { since, at, ...figures } = progress;
  const id = `${stream}/progress:${at}`;
  const text = `📈 ${toChat(repository)}: ${describeProgress(progress)} ${count(progress.started, "session")} started in ${describeSpan(at - since)}.`;
  const instants = { since: toIso(since), at: toIso(at) };
  return {
    kind: "progress",
    id,
    text,
    document: { version: 1, event: "progress", id, text, repository, ...figures, ...instants },
  };
}

function toTask(view: TaskView): Readonly<Record<string, unknown>> {
  const { task, status } = view;
  const { number, url, title } = task.definition;
  return {
    id: task.id,
    reference: `#${number}`,
    url,
    title,
    status,
    assignedTo: task.assignment?.worker ?? null,
    pull: task.pull === null ? null : { reference: `#${task.pull.number}`, url: task.pull.url },
    attempts: task.attempts.slice(-attemptsShown).map(({ attempt, worker, result, detail, endedAt }) => ({
      attempt,
      worker,
      result,
      words: describeResult(result),
      detail,
      endedAt: toIso(endedAt),
    })),
  };
}

/** Where a person is asked for, what they can write on the issue. */
function suggestionFor(alert: Alert, view: TaskView | null): string {
  if (alert.code !== "needs_person" || view === null) return toPlainWords(alert.suggestion);
  // The reason is the detail already.
  const { escalated: _reason, ...task } = view.task;
  const step = toPlainWords(describeNextStep({ ...view, task: { ...task, escalated: null } }));
  return toPlainLine(`${step} ${helpFor(view)}`, wordsMax);
}

/** What the next step of a status says for whoever has nothing to do, is not enough for whoever is asked. */
function helpFor({ status, task }: TaskView): string {
  const from = `#${task.definition.number}`;
  switch (status) {
    case "assigned":
    case "in_progress":
    case "needs_input":
      return `On ${from}: /orchestrate cancel ends the session, /orchestrate handoff with an agent lets that one go on with its work, /orchestrate explain says how it came to this.`;
    case "review":
      return `See to its pull request. On ${from}: /orchestrate retry has an agent try again, /orchestrate complete accepts it as done.`;
    case "ready":
    case "blocked":
    case "pending":
      return `On ${from}: /orchestrate explain says what it waits for, /orchestrate assign names an agent, /orchestrate cancel ends it.`;
    default:
      return "";
  }
}

interface About {
  readonly repository: string;
  readonly view: TaskView | null;
}

function textOf(alert: Alert, { repository, view }: About): string {
  const mark = alert.state === "cleared" ? "✅" : marks[alert.severity];
  const head = `${mark} ${toChat(repository)}: ${warningWords[alert.code]}${alert.state === "cleared" ? " no more" : ""}${nameOf(alert, view)}`;
  const lines = [head, toChat(alert.detail, detailMax)];
  if (alert.state === "cleared") lines.push(`It was so for ${describeSpan(alert.at - alert.since)}.`);
  else if (view !== null && view.task.attempts.length > 0) lines.push(describeAttempts(view));
  if (alert.suggestion !== "") lines.push(`What helps: ${toChat(alert.suggestion, wordsMax)}`);
  return lines.filter((line) => line !== "").join("\n");
}

function nameOf({ subject }: Alert, view: TaskView | null): string {
  if (view === null) return subject === "all" || subject.includes(":") ? "" : `, ${toChat(subject)}`;
  const { number, title, url } = view.task.definition;
  return `, #${number} ${toChat(title)} ${url}`;
}

function describeAttempts({ task }: TaskView): string {
  const tried = task.attempts
    .slice(-attemptsShown)
    .map(({ attempt, worker, result }) => `${attempt} by ${toChat(worker)}: ${describeResult(result)}`);
  return `Tried: ${tried.join("; ")}.`;
}

/** Words of others on their way into any chat: they call nobody, link nothing under another name, and open no tag. */
function toChat(text: string, lengthMax?: number): string {
  return toPlainLine(text, lengthMax)
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    .replaceAll("@", `@${zeroWidthSpace}`)
    .replaceAll("](", `]${zeroWidthSpace}(`);
}
