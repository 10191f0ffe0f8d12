/** `orchestrate review`: the work is there to be looked at. Finds its pull request, marks it as ready, and asks the reviewers. */
import { demandWriter } from "./actor.ts";
import { demandTask, demandTaskName } from "./demand-task.ts";
import { CommandFailed } from "./failure.ts";
import { readState, withRepository, type Target } from "./reach.ts";
import type { Answer } from "./answer.ts";
import type { AtHand } from "../engine/at-hand.ts";
import { pullOf } from "../engine/review-task.ts";
import { toTaskView } from "../engine/task-views.ts";
import { createGithubClient } from "../github/client.ts";
import { createReviewDesk, type ReviewDesk } from "../github/review-desk.ts";
import { loginPattern } from "../model/external-wait.ts";
import type { PullFacts } from "../model/observation.ts";
import type { Task } from "../model/task.ts";
import { UsageError } from "../usage-error.ts";
import { renderReviewPage, toReviewDocument } from "../views/review-page.ts";
import { toPlainLine } from "../views/markdown.ts";
import { wireLook, wireReview } from "../wire-desk.ts";

export interface ReviewOptions {
  /** The number of the pull request, where it is not found by itself. */
  readonly pull?: number | undefined;
  readonly reviewer?: readonly string[] | undefined;
  readonly repository?: string | undefined;
}

const login = new RegExp(`^${loginPattern}$`, "i");

/** How the task is now. Rejects with one sentence, also where there is no pull request that is the task's. */
export async function review(wanted: string, options: ReviewOptions): Promise<Answer> {
  const name = demandTaskName(wanted);
  const reviewers = readReviewers(options.reviewer ?? []);
  return withRepository(options.repository, async (target) => {
    const found = await readState(target);
    const task = demandTask(found, name, target);
    await demandWriter(target, "ask for reviews in");
    const desk = openDesk(target);
    const pull = await findPull(target, found, { task, desk, named: options.pull ?? null });
    if (pull.isDraft) await desk.markReady(pull.node);
    const now = await wireReview(target.surroundings, { ...target, task: task.id, pull: pull.number });
    const refusal = reviewers.length === 0 ? null : await desk.askReviewers(pull.number, reviewers);
    const view = toTaskView(now.state, demandTask(now, name, target), now.context);
    const reviewed = { repository: target.repository, view, pull, wasDraft: pull.isDraft, reviewers };
    if (refusal !== null) {
      const why = toPlainLine(refusal, 300);
      throw new CommandFailed(`The pull request is looked at, but GitHub does not ask ${reviewers.join(", ")}: ${why}`);
    }
    return { document: toReviewDocument(reviewed), page: renderReviewPage(reviewed) };
  });
}

function readReviewers(logins: readonly string[]): readonly string[] {
  const read = logins.map((text) => text.trim().replace(/^@/, ""));
  if (read.every((each) => login.test(each))) return [...new Set(read)];
  throw new UsageError("Name each reviewer by the login of a GitHub user, such as --reviewer octocat.");
}

function openDesk({ octokit, place, surroundings }: Target): ReviewDesk {
  const client = createGithubClient({ octokit, clock: surroundings.clock, journal: surroundings.journalFor({}) });
  return createReviewDesk({ client, place: { ...place, host: "github.com" } });
}

interface Finding {
  readonly task: Task;
  readonly desk: ReviewDesk;
  readonly named: number | null;
}

async function findPull(target: Target, found: AtHand, { task, desk, named }: Finding): Promise<PullFacts> {
  const { number } = task.definition;
  const known = task.pull?.state === "open" ? task.pull.number : null;
  const numbers = named !== null ? [named] : known !== null ? [known] : await desk.findOpen({ number, task: task.id });
  const pulls = numbers.length === 0 ? [] : await wireLook(target.surroundings, target, numbers);
  if (named !== null && pulls.length === 0)
    throw new CommandFailed(`There is no pull request #${named} in ${target.repository}.`);
  const pull = pullOf(found, task, pulls);
  if (typeof pull === "string") throw new CommandFailed(`#${number}: ${pull}`);
  return pull;
}
