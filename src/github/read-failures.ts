/**
 * Reads what checks and reviewers say of a pull request, when somebody is to answer it: one query, the log of each failing job of
 * Actions, and what the reviewers may do here. Facts, word for word; whose words count is decided elsewhere.
 */
import { z } from "zod";
import type { AnnotationFacts, CheckFacts, FailureFacts, ReviewFacts } from "../model/feedback.ts";
import type { Fetch } from "../ports/fetch.ts";
import { ActorNode, Instant, type Somebody } from "./answers.ts";
import type { GithubClient } from "./client.ts";
import { readJobLog } from "./job-log.ts";
import type { Permissions } from "./permissions.ts";
import type { Place } from "./place.ts";
import { pullFailures } from "./queries.ts";
import { requireRepository } from "./read-issues.ts";

export interface FailureReaderParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly permissions: Permissions;
  readonly fetch: Fetch;
}

/** The App GitHub Actions, whose check runs are jobs with logs. */
const actionsAppId = 15_368;
/** People whose permission is asked for: GitHub's own list of writers comes first, so strangers cannot crowd them out. */
const reviewersMax = 5;

const Text = z.string().nullish();
const Comment = z.object({
  path: z.string(),
  line: z.number().nullish(),
  originalLine: z.number().nullish(),
  body: z.string(),
});
const Review = z.object({
  state: z.string(),
  body: z.string(),
  submittedAt: Instant.nullish(),
  url: z.string(),
  author: ActorNode.nullish(),
  commit: z.object({ oid: z.string() }).nullish(),
  comments: z.object({ nodes: z.array(Comment.nullable().catch(null)).nullish() }),
});
type Review = z.output<typeof Review>;
const Reviews = z.object({ nodes: z.array(Review.nullable().catch(null)).nullish() }).nullish();

const Annotation = z.object({
  path: z.string(),
  annotationLevel: z.string().nullish(),
  title: Text,
  message: z.string(),
  location: z.object({ start: z.object({ line: z.number() }) }).nullish(),
});
const CheckRun = z.object({
  __typename: z.literal("CheckRun"),
  name: z.string(),
  status: z.string(),
  conclusion: Text,
  isRequired: z.boolean(),
  url: z.string(),
  detailsUrl: Text,
  title: Text,
  summary: Text,
  text: Text,
  checkSuite: z.object({ app: z.object({ databaseId: z.number().nullish() }).nullish() }),
  annotations: z.object({ nodes: z.array(Annotation.nullable().catch(null)).nullish() }).nullish(),
});
type CheckRun = z.output<typeof CheckRun>;
const Status = z.object({
  __typename: z.literal("StatusContext"),
  context: z.string(),
  state: z.string(),
  isRequired: z.boolean(),
  description: Text,
  targetUrl: Text,
});
const Check = z.union([CheckRun, Status]);
type Check = z.output<typeof Check>;

const Answer = z.object({
  repository: z.object({
    pullRequest: z
      .object({
        number: z.number(),
        state: z.string(),
        isCrossRepository: z.boolean(),
        headRefOid: z.string(),
        objections: Reviews,
        remarks: Reviews,
        statusCheckRollup: z
          .object({ contexts: z.object({ nodes: z.array(Check.nullable().catch(null)).nullish() }) })
          .nullish(),
      })
      .nullish(),
  }),
});

/** Rejects with `GithubFault`. Null: there is no such open pull request, or its head is in a fork. */
export async function readFailures(
  parts: FailureReaderParts,
  wanted: { readonly pull: number; readonly logsMax: number },
): Promise<FailureFacts | null> {
  const { client, place } = parts;
  const { owner, name } = place;
  const answer = await client.query(pullFailures, { owner, name, number: wanted.pull }, { cost: 2 });
  requireRepository(answer);
  const { pullRequest: pull } = Answer.parse(answer.data).repository;
  if (!pull || pull.state !== "OPEN" || pull.isCrossRepository) return null;
  const failing = failingOf(pull.statusCheckRollup?.contexts.nodes ?? []);
  const checks: CheckFacts[] = [];
  for (const check of failing.slice(0, wanted.logsMax)) checks.push(await toCheckFacts(parts, check));
  const said = [...standing(pull.objections), ...remarksOn(pull.remarks, pull.headRefOid)];
  return {
    pull: pull.number,
    sha: pull.headRefOid,
    checks,
    moreChecks: failing.length - checks.length,
    reviews: await toReviews(parts.permissions, said),
  };
}

const good: ReadonlySet<string> = new Set(["SUCCESS", "NEUTRAL", "SKIPPED"]);

function isFailing(check: Check): boolean {
  if (check.__typename === "StatusContext") return check.state === "FAILURE" || check.state === "ERROR";
  return check.status === "COMPLETED" && !good.has(check.conclusion ?? "");
}

/** Required ones first: they decide, and there is room for a few. */
function failingOf(nodes: readonly (Check | null)[]): readonly Check[] {
  const failing = nodes.filter((check) => check !== null).filter(isFailing);
  const required = failing.filter((check) => check.isRequired);
  return [...required, ...failing.filter((check) => !check.isRequired)];
}

async function toCheckFacts(parts: FailureReaderParts, check: Check): Promise<CheckFacts> {
  if (check.__typename === "StatusContext") {
    const nothing = { title: null, text: null, annotations: [], log: null };
    const { context, state, description, targetUrl } = check;
    const said = { name: context, conclusion: state.toLowerCase(), url: targetUrl ?? null };
    return { ...nothing, ...said, summary: description ?? null };
  }
  const job = jobOf(check, parts.place);
  return {
    name: check.name,
    conclusion: (check.conclusion ?? "failure").toLowerCase(),
    url: check.detailsUrl ?? check.url,
    title: check.title ?? null,
    summary: check.summary ?? null,
    text: check.text ?? null,
    annotations: (check.annotations?.nodes ?? []).filter((each) => each !== null).map(toAnnotation),
    log: job === null ? null : await readJobLog(parts, job),
  };
}

/** The number of the job, from the address of its page; another App's address names no job of ours. */
function jobOf(check: CheckRun, { owner, name }: Place): string | null {
  if (check.checkSuite.app?.databaseId !== actionsAppId) return null;
  const [, where, job] =
    /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/actions\/runs\/\d+\/job\/(\d{1,19})(?:$|[?#])/.exec(check.detailsUrl ?? "") ??
    [];
  return where?.toLowerCase() === `${owner}/${name}`.toLowerCase() && job !== undefined ? job : null;
}

function toAnnotation(annotation: z.output<typeof Annotation>): AnnotationFacts {
  const level = (annotation.annotationLevel ?? "").toLowerCase();
  return {
    path: annotation.path,
    line: annotation.location?.start.line ?? null,
    level: level === "warning" || level === "notice" ? level : "failure",
    title: annotation.title ?? null,
    message: annotation.message,
  };
}

type Said = Review & { readonly as: ReviewFacts["state"] };

/** Who asks for changes and has not said otherwise since. */
function standing(reviews: z.output<typeof Reviews>): readonly Said[] {
  const all = (reviews?.nodes ?? []).filter((review) => review !== null);
  return all
    .filter(({ state }) => state === "CHANGES_REQUESTED")
    .map((review) => ({ ...review, as: "changes_requested" }));
}

/** Remarks on earlier commits were made before the last attempt, and went along with it. */
function remarksOn(reviews: z.output<typeof Reviews>, sha: string): readonly Said[] {
  const all = (reviews?.nodes ?? []).filter((review) => review !== null);
  return all.filter(({ commit }) => commit?.oid === sha).map((review) => ({ ...review, as: "commented" }));
}

async function toReviews(permissions: Permissions, said: readonly Said[]): Promise<readonly ReviewFacts[]> {
  const people = new Map<string, Somebody>();
  for (const { author } of [...said.filter((each) => each.as === "changes_requested"), ...said.toReversed()]) {
    if (author && people.size < reviewersMax) people.set(author.login, author);
  }
  const toActor = await permissions.lookUp([...people.values()]);
  return said
    .map(({ as, author, submittedAt, url, body, comments }): ReviewFacts => ({
      by: toActor(author),
      state: as,
      at: submittedAt ?? 0,
      url,
      body,
      comments: (comments.nodes ?? [])
        .filter((comment) => comment !== null)
        .map((comment) => ({
          path: comment.path,
          line: comment.line ?? comment.originalLine ?? null,
          body: comment.body,
        })),
    }))
    .toSorted((a, b) => a.at - b.at);
}
