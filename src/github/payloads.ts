/** Webhook payloads, only the fields that are read. GitHub adds actions and fields at any time: what is unknown passes. */
import { z } from "zod";

const Account = z.object({ login: z.string(), id: z.number(), type: z.string().catch("User") });
const Repository = z.object({ id: z.number(), full_name: z.string(), default_branch: z.string().optional() });
const Numbered = z.object({ number: z.number() });
const Base = {
  action: z.string(),
  sender: Account.optional().catch(undefined),
  repository: Repository.optional().catch(undefined),
};
/** The pull requests of a check; those of forks are left out by GitHub. */
const PullsOfCheck = z
  .array(z.object({ number: z.number(), base: z.object({ repo: z.object({ id: z.number() }) }) }))
  .catch([]);
const App = z.object({ id: z.number() }).nullish().catch(null);
const ForeignRepository = z.object({ id: z.number() }).nullish().catch(null);

export const IssuesPayload = z.object({ ...Base, issue: Numbered });

export const CommentPayload = z.object({
  ...Base,
  repository: Repository,
  issue: z.object({ id: z.number(), number: z.number() }),
  comment: z.object({
    id: z.number(),
    node_id: z.string(),
    body: z.string(),
    user: Account,
    performed_via_github_app: App,
  }),
});

export const DependencyPayload = z.object({
  ...Base,
  blocked_issue: Numbered.nullish().catch(null),
  blocked_issue_repo: ForeignRepository,
  blocking_issue: Numbered.nullish().catch(null),
  blocking_issue_repo: ForeignRepository,
});

export const SubIssuePayload = z.object({
  ...Base,
  parent_issue: Numbered.nullish().catch(null),
  parent_issue_repo: ForeignRepository,
  sub_issue: Numbered.nullish().catch(null),
  sub_issue_repo: ForeignRepository,
});

export const PullPayload = z.object({ ...Base, pull_request: Numbered });

export const CheckSuitePayload = z.object({
  ...Base,
  check_suite: z.object({ head_sha: z.string(), pull_requests: PullsOfCheck, app: App }),
});

export const CheckRunPayload = z.object({
  ...Base,
  check_run: z.object({ head_sha: z.string(), pull_requests: PullsOfCheck, app: App }),
});

export const StatusPayload = z.object({ sha: z.string(), state: z.string() });

export const WorkflowRunPayload = z.object({
  ...Base,
  workflow_run: z.object({
    id: z.number(),
    path: z.string().nullish().catch(null),
    event: z.string().nullish().catch(null),
    status: z.string().nullish().catch(null),
    head_sha: z.string(),
  }),
});

const Paths = z.array(z.string()).nullish().catch(null);

export const PushPayload = z.object({
  ref: z.string(),
  after: z.string().optional().catch(undefined),
  forced: z.boolean().catch(false),
  repository: Repository,
  commits: z.array(z.object({ added: Paths, modified: Paths, removed: Paths })).catch([]),
});

export const MergeGroupPayload = z.object({
  ...Base,
  merge_group: z.object({ head_sha: z.string(), head_ref: z.string() }),
});

export const InstallationPayload = z.object({ action: z.string() });
