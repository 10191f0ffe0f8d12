/**
 * Hears: turns a webhook into hints where to look. Facts are never taken from a payload, so order, loss and repetition do
 * not matter, and a payload of any shape does no harm.
 */
import type { z } from "zod";
import { toTaskId } from "../model/ids.ts";
import type { Hint } from "../ports/tracker.ts";
import { configurationPath } from "./configuration.ts";
import * as payloads from "./payloads.ts";
import { agentWorkflowPath } from "../model/agent-workflow.ts";
import { readSlashLine } from "./slash-line.ts";

/** Our own App, whose label and comment edits come back as webhooks and say nothing new. */
export interface Own {
  readonly appId: number;
  /** Login of its bot, `name[bot]`. */
  readonly login: string;
}

type Translate = (payload: unknown, own: Own | null) => readonly Hint[];

/** A translation that reads with a schema; a payload that does not fit gives no hint. */
function reading<Schema extends z.ZodType>(
  schema: Schema,
  translate: (payload: z.output<Schema>, own: Own | null) => readonly Hint[],
): Translate {
  return (payload, own) => {
    const parsed = schema.safeParse(payload);
    return parsed.success ? translate(parsed.data, own) : [];
  };
}

function isOwn(payload: { readonly sender?: { readonly login: string } | undefined }, own: Own | null): boolean {
  return own !== null && payload.sender?.login === own.login;
}

function issueHint(number: number): Hint {
  return { kind: "issue", number };
}

const issueActions: ReadonlySet<string> = new Set(
  "opened edited deleted transferred closed reopened labeled unlabeled milestoned demilestoned typed untyped field_added field_removed".split(
    " ",
  ),
);
/** What we do ourselves all the time; closing and reopening count, whoever does them. */
const echoes: ReadonlySet<string> = new Set(["edited", "labeled", "unlabeled"]);

const pullActions: ReadonlySet<string> = new Set(
  "opened edited closed reopened synchronize ready_for_review converted_to_draft enqueued dequeued auto_merge_enabled auto_merge_disabled".split(
    " ",
  ),
);

const translateComment = reading(payloads.CommentPayload, (payload, own) => {
  const { comment, issue, repository } = payload;
  if (payload.action !== "created") return [];
  if (own !== null && (comment.user.login === own.login || comment.performed_via_github_app?.id === own.appId))
    return [];
  const body = readSlashLine(comment.body);
  if (body === null) return [];
  return [
    {
      kind: "comment",
      comment: comment.node_id,
      databaseId: comment.id,
      number: issue.number,
      task: toTaskId(repository.id, issue.id),
      author: { login: comment.user.login, id: comment.user.id, isBot: comment.user.type === "Bot" },
      body,
    },
  ];
});

interface Side {
  readonly issue: { readonly number: number } | null | undefined;
  readonly home: { readonly id: number } | null | undefined;
}

/** Both ends of an edge, those that are in this repository. */
function edgeHints(repository: { readonly id: number } | undefined, sides: readonly Side[]): readonly Hint[] {
  return sides.flatMap(({ issue, home }) => {
    if (!issue || (home && repository !== undefined && home.id !== repository.id)) return [];
    return [issueHint(issue.number)];
  });
}

interface Check {
  readonly head_sha: string;
  readonly pull_requests: readonly {
    readonly number: number;
    readonly base: { readonly repo: { readonly id: number } };
  }[];
  readonly app?: { readonly id: number } | null | undefined;
}

/** The pull requests of a check; without any (a fork's, or none yet) the commit. Our own check runs say nothing. */
function checkHints(check: Check, repository: { readonly id: number } | undefined, own: Own | null): readonly Hint[] {
  if (own !== null && check.app?.id === own.appId) return [];
  const pulls = check.pull_requests.filter((pull) => repository === undefined || pull.base.repo.id === repository.id);
  if (pulls.length === 0) return [{ kind: "commit", sha: check.head_sha }];
  return pulls.map((pull) => ({ kind: "pull", number: pull.number }));
}

const runStates: Readonly<Record<string, "queued" | "running" | "ended">> = {
  requested: "queued",
  in_progress: "running",
  completed: "ended",
};

const translateRun = reading(payloads.WorkflowRunPayload, ({ action, workflow_run: run }) => {
  const state = runStates[action];
  if (state === undefined) return [];
  // The path may carry the ref that it was read from (`…yml@refs/heads/main`).
  if (run.path?.split("@")[0] === agentWorkflowPath) return [{ kind: "run", run: String(run.id), state }];
  if (state !== "ended") return [];
  // One that was dispatched may be an agent's that is a workflow of the repository's own.
  const own: readonly Hint[] = run.event === "workflow_dispatch" ? [{ kind: "run", run: String(run.id), state }] : [];
  return [{ kind: "commit", sha: run.head_sha }, ...own];
});

const translatePush = reading(payloads.PushPayload, ({ ref, after, forced, repository, commits }) => {
  if (ref === "refs/heads/orchestrate/state") return [{ kind: "state", head: after ?? null }];
  if (ref !== `refs/heads/${repository.default_branch ?? ""}`) return [];
  const touches = commits.some(({ added, modified, removed }) =>
    [added, modified, removed].some((paths) => paths?.includes(configurationPath) === true),
  );
  // A forced push may take a change away without naming a commit that did; so may one without commits.
  return touches || forced || commits.length === 0 ? [{ kind: "configuration" }] : [];
});

const translateMergeGroup = reading(payloads.MergeGroupPayload, ({ merge_group: group }) => {
  const number = /\/pr-(\d{1,10})-/.exec(group.head_ref)?.[1];
  return number === undefined ? [{ kind: "commit", sha: group.head_sha }] : [{ kind: "pull", number: Number(number) }];
});

const installationActions: ReadonlySet<string> = new Set(
  "created deleted suspend unsuspend new_permissions_accepted added removed".split(" "),
);

const translateInstallation = reading(payloads.InstallationPayload, ({ action }) =>
  installationActions.has(action) ? [{ kind: "everything" }] : [],
);

const translations: Readonly<Record<string, Translate>> = {
  issues: reading(payloads.IssuesPayload, (payload, own) => {
    if (!issueActions.has(payload.action) || (echoes.has(payload.action) && isOwn(payload, own))) return [];
    return [issueHint(payload.issue.number)];
  }),
  issue_comment: translateComment,
  issue_dependencies: reading(payloads.DependencyPayload, (payload) =>
    edgeHints(payload.repository, [
      { issue: payload.blocked_issue, home: payload.blocked_issue_repo },
      { issue: payload.blocking_issue, home: payload.blocking_issue_repo },
    ]),
  ),
  sub_issues: reading(payloads.SubIssuePayload, (payload) =>
    edgeHints(payload.repository, [
      { issue: payload.parent_issue, home: payload.parent_issue_repo },
      { issue: payload.sub_issue, home: payload.sub_issue_repo },
    ]),
  ),
  pull_request: reading(payloads.PullPayload, (payload, own) => {
    if (!pullActions.has(payload.action) || (payload.action === "edited" && isOwn(payload, own))) return [];
    return [{ kind: "pull", number: payload.pull_request.number }];
  }),
  pull_request_review: reading(payloads.PullPayload, (payload) =>
    ["submitted", "edited", "dismissed"].includes(payload.action)
      ? [{ kind: "pull", number: payload.pull_request.number }]
      : [],
  ),
  check_suite: reading(payloads.CheckSuitePayload, (payload, own) =>
    payload.action === "completed" ? checkHints(payload.check_suite, payload.repository, own) : [],
  ),
  check_run: reading(payloads.CheckRunPayload, (payload, own) =>
    payload.action === "completed" ? checkHints(payload.check_run, payload.repository, own) : [],
  ),
  status: reading(payloads.StatusPayload, ({ sha, state }) => (state === "pending" ? [] : [{ kind: "commit", sha }])),
  workflow_run: translateRun,
  push: translatePush,
  merge_group: translateMergeGroup,
  installation: translateInstallation,
  installation_repositories: translateInstallation,
};

/**
 * Where to look after a webhook: [] for what is not ours, not known, or our own echo. Each place once. Never throws.
 * `own` is the App itself; null where there is none (a workflow with its job token).
 */
export function toHints(name: string, payload: unknown, own: Own | null): readonly Hint[] {
  const translate = Object.hasOwn(translations, name) ? translations[name] : undefined;
  if (translate === undefined) return [];
  const hints = translate(payload, own);
  return [...new Map(hints.map((hint) => [JSON.stringify(hint), hint])).values()];
}
