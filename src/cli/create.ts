/** `orchestrate create`: an issue that is work, opened in the name of the person whose token it is, as POST /api/orchestrator/tasks submits it. */
import { z } from "zod";
import { demandWriter } from "./actor.ts";
import { CommandFailed } from "./failure.ts";
import { readText } from "./read-text.ts";
import { withRepository, type Target } from "./reach.ts";
import type { Answer } from "./answer.ts";
import { whyNotTaken } from "../core/decide-submissions.ts";
import type { AtHand } from "../engine/at-hand.ts";
import { NotAskable, selecting, textOf, toAsked, whyNotReady } from "../engine/new-issue.ts";
import { GithubFault } from "../github/classify-error.ts";
import { createGithubClient } from "../github/client.ts";
import { routeOf } from "../github/place.ts";
import { TaskInput } from "../http/task-input.ts";
import { defaultConfig } from "../model/config.ts";
import { classify } from "../planning/classify.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";
import { toPlainWords } from "../views/plain-page.ts";
import { wireReading } from "../wire.ts";

export interface CreateOptions {
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  /** `-` is standard input. */
  readonly bodyFile?: string | undefined;
  readonly priority?: string | undefined;
  readonly estimate?: string | undefined;
  readonly label?: readonly string[] | undefined;
  readonly blockedBy?: readonly string[] | undefined;
  readonly agent?: string | undefined;
  readonly repository?: string | undefined;
}

const Created = z.object({ number: z.number(), html_url: z.string() });

export interface Issue {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly blockedBy: readonly number[];
}

/** Opens it; its number and address. Rejects with one sentence, also for somebody who may not. */
export async function create(options: CreateOptions): Promise<Answer> {
  const wanted = await readWanted(options);
  return withRepository(options.repository, async (target) => {
    const { repository } = target;
    const found = await wireReading(target.surroundings, target);
    demandRoom(found);
    const issue = toIssue(wanted, found, target);
    await demandPerson(target);
    const { number, html_url: url } = await open(target, issue);
    const { title, labels, blockedBy } = issue;
    const classification = classify({ title, text: wanted.body, labels: wanted.labels });
    return {
      document: { repository, number, url, title, labels, blockedBy, classification },
      page: `${repository}#${number} ${toPlainLine(title)}: ${toPlainLine(url, 300)}\n${whoTakesItIn}`,
    };
  });
}

const whoTakesItIn = "It becomes a task when the App has seen it, else with the next cycle.";

/** With the bounds and refusals of the HTTP route, told in the words of this door. */
async function readWanted(options: CreateOptions): Promise<TaskInput> {
  const { title, body, bodyFile, priority, estimate, label = [], blockedBy = [], agent } = options;
  if (title === undefined) throw new UsageError("Say --title, or --template.");
  if (body !== undefined && bodyFile !== undefined) throw new UsageError("Say --body or --body-file; not both.");
  const text = bodyFile === undefined ? body : (await readText(bodyFile, "description")).trimEnd();
  return demandWanted({ title, body: text, priority, estimate, labels: label, blockedBy, agent });
}

/** Throws a UsageError for what nobody may submit. */
export function demandWanted(wanted: Readonly<Record<string, unknown>>): TaskInput {
  const reading = TaskInput.safeParse(wanted);
  if (reading.success) return reading.data;
  const [issue] = reading.error.issues;
  const field = String(issue?.path[0] ?? "title");
  throw new UsageError(toFlags(`\`${field}\` ${issue?.message ?? "is not understood"}.`));
}

const flags: Readonly<Record<string, string>> = { labels: "--label", blockedBy: "--blocked-by" };

function toFlags(text: string): string {
  return text
    .replace("/orchestrator/mode", "`orchestrate mode`")
    .replaceAll(/(?:the field )?`(?<field>[a-zA-Z]+)`/g, (_, field: string) => flags[field] ?? `--${field}`);
}

/** Throws a sentence where nothing more is taken in now. */
export function demandRoom(found: AtHand | null): void {
  const full = found === null ? null : whyNotTaken(found.state, found.context);
  if (full !== null) throw new CommandFailed(`Nothing was opened. ${toPlainWords(full)}`);
}

/** What is opened, as it has to stand there. Orchestrate need not have run here: then the label is the one that everybody begins with. */
export function toIssue(
  wanted: TaskInput,
  found: AtHand | null,
  { surroundings, isContainer = false }: Pick<Target, "surroundings"> & { readonly isContainer?: boolean },
): Issue {
  const state = found?.state ?? null;
  const context = found?.context ?? { config: defaultConfig, now: surroundings.clock.now() };
  const short = isContainer ? null : whyNotReady(wanted, context.config);
  if (short !== null) throw new CommandFailed(`Nothing was opened. ${toPlainWords(short)}`);
  try {
    const { labels, blockedBy } = toAsked(wanted, state, context);
    const { title, body } = wanted;
    return { title, body: textOf(blockedBy, body), labels: selecting(labels, context.config), blockedBy };
  } catch (error) {
    if (error instanceof NotAskable) throw new CommandFailed(toFlags(error.message), { cause: error });
    throw error;
  }
}

/** Work of a person who may start it is trusted; an App's own issue would be nobody's. */
export async function demandPerson(target: Target): Promise<void> {
  if (target.connection.credentials.kind === "app")
    throw new CommandFailed(
      "An issue is opened in the name of a person: set GITHUB_TOKEN to a personal token, and leave APP_ID and PRIVATE_KEY out.",
    );
  await demandWriter(target, "open tasks in");
}

async function open({ octokit, place, surroundings }: Target, issue: Issue): Promise<z.output<typeof Created>> {
  const client = createGithubClient({ octokit, clock: surroundings.clock, journal: surroundings.journalFor({}) });
  const { title, body, labels } = issue;
  const route = routeOf(place);
  try {
    const answer = await client.send(
      "POST /repos/{owner}/{repo}/issues",
      { ...route, title, body, labels: [...labels] },
      { creations: 1 },
    );
    return Created.parse(answer.data);
  } catch (error) {
    const isLost = !(error instanceof GithubFault) || error.kind === "retry";
    if (!isLost) throw error;
    throw new CommandFailed(
      "GitHub's answer was lost, so the issue may be open or not: look at the newest issues before you run this again.",
      { cause: error },
    );
  }
}
