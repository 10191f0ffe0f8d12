/** `orchestrate prep`: writes into an issue what is to be done and by what it is known to be done, in the name of the person whose token it is. */
import { z } from "zod";
import { demandWriter } from "./actor.ts";
import { demandTask, demandTaskName } from "./demand-task.ts";
import { CommandFailed } from "./failure.ts";
import { readText } from "./read-text.ts";
import { partSoon, readState, withRepository, type Target } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { criteriaMax, criteriaOf, criterionMax, renderPreparation, withPreparation } from "../core/prepared-text.ts";
import { statusOf } from "../state/readiness.ts";
import { findTask, type TaskName } from "../engine/find-task.ts";
import { GithubFault } from "../github/classify-error.ts";
import { createGithubClient, type GithubClient } from "../github/client.ts";
import { routeOf } from "../github/place.ts";
import { parseDuration } from "../model/duration.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";
import { wireIssue } from "../wire-desk.ts";

export interface PrepOptions {
  /** `-` is standard input. */
  readonly bodyFile?: string;
  readonly goal?: string;
  readonly criterion?: readonly string[];
  readonly estimate?: string;
  readonly needs?: readonly string[];
  readonly repository?: string;
  readonly json?: boolean;
}

interface Wanted {
  readonly text: string;
  readonly criteria: readonly string[];
  readonly labels: readonly string[];
}

const Issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  html_url: z.string(),
  state: z.string(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string() })])),
  pull_request: z.unknown().optional(),
});
type Issue = z.output<typeof Issue>;

const goalMax = 10_000;
/** GitHub takes no longer text. */
const bodyMax = 65_536;
const minuteMs = 60_000;

/** Prints what is in the issue now, and returns 0. Rejects with one sentence, also for somebody who may not. */
export async function runPrep(task: string, options: PrepOptions): Promise<number> {
  const name = demandTaskName(task);
  const wanted = await readWanted(options);
  return withRepository(options.repository, async (target) => {
    if (target.connection.credentials.kind === "app")
      throw new CommandFailed(
        "An issue is prepared in the name of a person: set GITHUB_TOKEN to a personal token, and leave APP_ID and PRIVATE_KEY out.",
      );
    await demandWriter(target, "prepare tasks of");
    const number = "number" in name ? name.number : demandTask(await readState(target), name, target).definition.number;
    const { surroundings, octokit } = target;
    const client = createGithubClient({ octokit, clock: surroundings.clock, journal: surroundings.journalFor({}) });
    const issue = await readIssue(client, target, number);
    const isChanged = await prepare(client, target, { issue, wanted });
    const status = await noteTask(target, { number });
    const { title, html_url: url } = issue;
    const { criteria, labels } = wanted;
    if (options.json === true)
      await printJson({ repository: target.repository, number, url, title, criteria, labels, status, isChanged });
    else await print(renderPrepared(target.repository, { issue, wanted, isChanged }));
    return 0;
  }).finally(partSoon);
}

function renderPrepared(
  repository: string,
  { issue, wanted, isChanged }: { readonly issue: Issue; readonly wanted: Wanted; readonly isChanged: boolean },
): string {
  const { criteria, labels } = wanted;
  const count = criteria.length === 1 ? "1 acceptance criterion" : `${criteria.length} acceptance criteria`;
  const marked = labels.length === 0 ? "" : `, and the labels ${labels.join(", ")}`;
  const asBefore = isChanged ? "" : " It was so before: nothing was changed.";
  const head = `${repository}#${issue.number} ${toPlainLine(issue.title)}: ${toPlainLine(issue.html_url, 300)}`;
  return `${head}\nIts text has the goal with ${count}${marked}.${asBefore}`;
}

async function readWanted(options: PrepOptions): Promise<Wanted> {
  const { bodyFile, goal, criterion = [], estimate, needs = [] } = options;
  const isFile = bodyFile !== undefined;
  if (isFile === (goal !== undefined || criterion.length > 0))
    throw new UsageError("Say --body-file, or --goal with at least one --criterion.");
  const text = isFile ? await readText(bodyFile, "description") : readGoal(goal, criterion);
  const criteria = criteriaOf(text);
  if (criteria.length === 0)
    throw new UsageError(
      "No acceptance criteria are named: write a heading `Acceptance criteria` with a list below it.",
    );
  const labels = [...(estimate === undefined ? [] : [toEstimate(estimate)]), ...needs.map(toNeed)];
  return { text, criteria, labels: [...new Set(labels)] };
}

function readGoal(goal: string | undefined, criteria: readonly string[]): string {
  if (goal === undefined || goal.trim() === "" || goal.length > goalMax)
    throw new UsageError(`Write with --goal what is to be done, in at most ${goalMax} characters.`);
  const isFitting = criteria.every((each) => each.trim() !== "" && each.length <= criterionMax);
  if (criteria.length === 0 || criteria.length > criteriaMax || !isFitting)
    throw new UsageError(`Write 1 to ${criteriaMax} times --criterion, each of 1 to ${criterionMax} characters.`);
  return renderPreparation({ goal, criteria });
}

function toEstimate(text: string): string {
  const ms = parseDuration(text);
  if (ms === null || ms < minuteMs)
    throw new UsageError("--estimate is not understood: write a duration such as 30m, 2h or 1d.");
  return `estimate:${Math.round(ms / minuteMs)}m`;
}

function toNeed(text: string): string {
  const need = text.trim().toLowerCase();
  if (!/^[\p{L}\p{N}][\p{L}\p{N}+#._ -]{0,40}$/u.test(need))
    throw new UsageError("--needs is the name of a capability, such as typescript, of at most 41 characters.");
  return `needs:${need}`;
}

async function readIssue(client: GithubClient, { place, repository }: Target, number: number): Promise<Issue> {
  try {
    const answer = await client.read("GET /repos/{owner}/{repo}/issues/{issue_number}", {
      ...routeOf(place),
      issue_number: number,
    });
    const issue = Issue.parse(answer.data);
    if (issue.pull_request === undefined || issue.pull_request === null) return issue;
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== "gone") throw error;
  }
  throw new CommandFailed(`#${number} is no issue of ${repository}.`);
}

interface Preparing {
  readonly issue: Issue;
  readonly wanted: Wanted;
}

/** The text first: labels of a text that is not there would say nothing. Returns whether anything was changed. */
async function prepare(
  client: GithubClient,
  { place, repository }: Target,
  { issue, wanted }: Preparing,
): Promise<boolean> {
  const route = { ...routeOf(place), issue_number: issue.number };
  const before = issue.body ?? "";
  const body = withPreparation(before, wanted.text);
  if (body.length > bodyMax)
    throw new CommandFailed(
      `The text of ${repository}#${issue.number} would be longer than the ${bodyMax} characters that GitHub takes: nothing was changed.`,
    );
  const isOther = body !== before.replaceAll(/\r\n?/g, "\n");
  if (isOther) await client.send("PATCH /repos/{owner}/{repo}/issues/{issue_number}", { ...route, body });
  const has = issue.labels.map((label) => (typeof label === "string" ? label : label.name));
  const isThere = (label: string): boolean => has.some((each) => each.toLowerCase() === label);
  const added = wanted.labels.filter((label) => !isThere(label));
  if (added.length > 0)
    await client.send("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", { ...route, labels: added });
  const estimate = wanted.labels.find((label) => label.startsWith("estimate:"));
  const old =
    estimate === undefined ? [] : has.filter((each) => /^estimate\s*:/i.test(each) && each.toLowerCase() !== estimate);
  for (const name of old)
    await client.send("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", { ...route, name });
  return isOther || added.length > 0 || old.length > 0;
}

/** What the task is then; null where it is none, or where Orchestrate has never run. */
async function noteTask(target: Target, name: TaskName & { readonly number: number }): Promise<string | null> {
  const found = await wireIssue(target.surroundings, target, name.number);
  const task = found === null ? undefined : findTask(found.state, name);
  return found === null || task === undefined ? null : statusOf(found.state, task);
}
