/** A pull request as GitHub answers it, turned into facts. Pure. */
import type { Actor } from "../model/actor.ts";
import type { TaskId } from "../model/ids.ts";
import type { PullFacts } from "../model/observation.ts";
import type { ContextNode, PullNode, Somebody } from "./answers.ts";
import { fullNameOf, taskIdIn } from "./place.ts";
import type { Place } from "./place.ts";
import { parseClosing, parseMarker, parseReverts } from "./references.ts";
import type { Reference } from "./references.ts";

type Checks = PullFacts["checks"];

const rollUps: Readonly<Record<string, Checks>> = {
  SUCCESS: "success",
  FAILURE: "failure",
  ERROR: "failure",
  PENDING: "pending",
  EXPECTED: "pending",
};
const goodConclusions: ReadonlySet<string> = new Set(["SUCCESS", "NEUTRAL", "SKIPPED"]);
const failedChecksMax = 20;

function stateOfContext(context: ContextNode): Checks {
  if (context.__typename === "StatusContext") return rollUps[context.state] ?? "pending";
  if (context.status !== "COMPLETED" || !context.conclusion) return "pending";
  return goodConclusions.has(context.conclusion) ? "success" : "failure";
}

function nameOf(context: ContextNode): string {
  return (context.__typename === "CheckRun" ? context.name : context.context).slice(0, 100);
}

function contextsOf(node: PullNode): readonly ContextNode[] {
  return (node.statusCheckRollup?.contexts.nodes ?? []).filter((context) => context !== null);
}

/** More contexts than were read: what is not in sight may be a required check that is not green. */
function isCut(node: PullNode): boolean {
  const rollUp = node.statusCheckRollup;
  return rollUp ? rollUp.contexts.totalCount > rollUp.contexts.nodes.length && rollUp.state !== "SUCCESS" : false;
}

/** Only a branch with required checks can be behind. */
const unreportedStates: ReadonlySet<string> = new Set(["BLOCKED", "BEHIND"]);

/** A required check that has not reported yet is in no list: only the blocked merge tells of it. */
function readRequired(node: PullNode): Checks {
  const required = contextsOf(node).filter((context) => context.isRequired);
  const states = required.map(stateOfContext);
  if (states.includes("failure")) return "failure";
  if (states.includes("pending") || isCut(node)) return "pending";
  if (states.length > 0) return "success";
  return node.state === "OPEN" && unreportedStates.has(node.mergeStateStatus) ? "pending" : "none";
}

function readFailed(node: PullNode): readonly string[] {
  const failed = contextsOf(node).filter((context) => stateOfContext(context) === "failure");
  const ordered = [...failed.filter((each) => each.isRequired), ...failed.filter((each) => !each.isRequired)];
  return [...new Set(ordered.map(nameOf))].slice(0, failedChecksMax);
}

/** Somebody asks for changes; GitHub's own decision speaks only where a review is required. */
function isObjectedTo(node: PullNode): boolean {
  const states = [node.reviewDecision, ...(node.latestReviews?.nodes ?? []).map((review) => review?.state)];
  return states.includes("CHANGES_REQUESTED");
}

/** All of them, or null: some are not in sight. */
function filesOf({ files }: PullNode): readonly string[] | null {
  const paths = (files?.nodes ?? []).flatMap((file) => file?.path ?? []);
  return files && files.totalCount === paths.length ? paths : null;
}

/** GitHub's word for why it took the pull request out of the queue; what it does not say is taken for its checks. */
function leftQueueOf({ removals }: PullNode): NonNullable<PullFacts["leftQueue"]> | null {
  const last = removals?.nodes?.at(-1) ?? null;
  const reason = last?.reason ?? "";
  if (last === null || /^(?:already[ _])?merged?$/i.test(reason)) return null;
  const why = /conflict/i.test(reason) ? "conflict" : /manual|clear/i.test(reason) ? "person" : "checks";
  return { at: last.createdAt, why };
}

/** Those who ask for changes and may, by GitHub's own list of who writes here; the permission is looked up all the same. */
export function objectorsOf(node: PullNode): readonly (Somebody | null | undefined)[] {
  return objectionsIn(node).map((review) => review.author);
}

function objectionsIn(node: PullNode) {
  const reviews = (node.objections?.nodes ?? []).filter((review) => review !== null);
  return reviews.filter((review) => review.state === "CHANGES_REQUESTED");
}

/** References by closing keyword of the description, those of this repository. */
export function closingOf(node: PullNode, place: Place): readonly Reference[] {
  const references = parseClosing(node.body, { repository: fullNameOf(place), host: place.host });
  return references.filter((reference) => reference.repository === null);
}

/** What is between it and its base. */
function wayInOf(node: PullNode): Pick<PullFacts, "isBehind" | "hasQueue" | "isInQueue" | "leftQueue"> {
  return {
    ...(node.state === "OPEN" && node.mergeStateStatus === "BEHIND" ? { isBehind: true } : {}),
    ...(node.isMergeQueueEnabled === true ? { hasQueue: true } : {}),
    ...(node.removals ? { isInQueue: node.isInMergeQueue === true, leftQueue: leftQueueOf(node) } : {}),
  };
}

const states = { OPEN: "open", MERGED: "merged", CLOSED: "closed" } as const;
const mergeable: Readonly<Record<string, PullFacts["mergeable"]>> = { MERGEABLE: "yes", CONFLICTING: "conflict" };

export interface PullOptions {
  readonly place: Place;
  readonly defaultBranch: string | null;
  readonly toActor: (somebody: Somebody | null | undefined) => Actor;
  /** What an issue number of a closing keyword resolved to. */
  readonly toTask: (reference: Reference) => TaskId | null;
}

/** The facts of a pull request. */
export function toPullFacts(node: PullNode, options: PullOptions): PullFacts {
  const { place } = options;
  const linked = (node.closingIssuesReferences?.nodes ?? []).flatMap((issue) =>
    issue !== null && issue.repository.databaseId === place.id ? [taskIdIn(place, issue.fullDatabaseId)] : [],
  );
  // GitHub links only pull requests into the default branch; the keyword counts elsewhere too.
  const written = closingOf(node, place).flatMap((reference) => options.toTask(reference) ?? []);
  return {
    number: node.number,
    url: node.url,
    node: node.id,
    updatedAt: node.updatedAt,
    state: states[node.state],
    isDraft: node.isDraft,
    isObjectedTo: isObjectedTo(node),
    objections: objectionsIn(node).map((review) => ({
      by: options.toActor(review.author),
      at: review.submittedAt ?? node.updatedAt,
    })),
    branch: node.headRefName,
    sha: node.headRefOid,
    isSameRepository: !node.isCrossRepository,
    baseIsDefault: node.baseRefName === options.defaultBranch,
    author: options.toActor(node.author),
    marker: parseMarker(node.body),
    closes: [...new Set([...linked, ...written])],
    checks: node.statusCheckRollup ? (rollUps[node.statusCheckRollup.state] ?? "pending") : "none",
    requiredChecks: readRequired(node),
    failedChecks: readFailed(node),
    mergeable: mergeable[node.mergeable] ?? "unknown",
    ...(node.files ? { files: filesOf(node) } : {}),
    isUnreviewed: node.reviewDecision === "REVIEW_REQUIRED",
    ...wayInOf(node),
    mergedBy: node.state === "MERGED" ? options.toActor(node.mergedBy) : null,
    mergedAt: node.mergedAt ?? null,
    reverts: parseReverts(node.body, { repository: fullNameOf(place), host: place.host }),
  };
}
