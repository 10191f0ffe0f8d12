/** Resolvers of check runs, check suites, statuses, and the roll-up that sums them. */
import { connect } from "./graphql-connection.ts";
import type { PageArgs } from "./graphql-connection.ts";
import { dateTime, demand } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import type { AnnotationRecord, CheckRunRecord, CheckSuiteRecord, StatusRecord } from "./records.ts";
import { gitNodeId } from "./repository-ids.ts";
import type { RepositoryState } from "./repository-state.ts";
import { detailsUrlOf } from "./rest-json-ends.ts";

interface RollupSource {
  readonly sha: string;
  readonly runs: readonly CheckRunRecord[];
  readonly statuses: readonly StatusRecord[];
}

const good = new Set(["success", "neutral", "skipped"]);

/** The newest run of each name and App; earlier ones count no more. */
export function latestRuns(sha: string, state: RepositoryState): readonly CheckRunRecord[] {
  const newest = new Map<string, CheckRunRecord>();
  for (const run of state.checksOf(sha)) newest.set(`${run.app.id} ${run.name}`, run);
  return [...newest.values()];
}

/** The roll-up of a commit; null when nothing reports on it. */
export function rollupOf(sha: string, context: GraphqlContext): RollupSource | null {
  demand(context, ["checks", "statuses"], "read");
  const runs = latestRuns(sha, context.state);
  const statuses = context.state.statusesOf(sha);
  return runs.length + statuses.length === 0 ? null : { sha, runs, statuses };
}

function rollupState({ runs, statuses }: RollupSource): string {
  const isError = statuses.some((status) => status.state === "error");
  const isFailed = runs.some((run) => run.status === "completed" && !good.has(run.conclusion ?? ""));
  if (isFailed || statuses.some((status) => status.state === "failure")) return "FAILURE";
  if (isError) return "ERROR";
  const isPending =
    runs.some((run) => run.status !== "completed") || statuses.some((status) => status.state === "pending");
  return isPending ? "PENDING" : "SUCCESS";
}

export const rollupFields: Fields<RollupSource> = {
  commit: ({ sha }) => ({ __typename: "Commit", oid: sha }),
  contexts: ({ runs, statuses }, args: PageArgs) => ({
    ...connect([...runs, ...statuses], args, "contexts"),
    checkRunCount: runs.length,
    statusContextCount: statuses.length,
  }),
  id: ({ sha }, _args, { state }) => gitNodeId("C", { repository: state.repository.id, oid: `rollup:${sha}` }),
  state: rollupState,
};

interface RequiredArgs {
  readonly pullRequestId?: string | null;
  readonly pullRequestNumber?: number | null;
}

function isRequired(name: string, args: RequiredArgs, { state }: GraphqlContext): boolean {
  const byNumber = typeof args.pullRequestNumber === "number" ? state.issues.get(args.pullRequestNumber) : undefined;
  const byNode = typeof args.pullRequestId === "string" ? state.nodes.get(args.pullRequestId) : undefined;
  const issue = byNumber ?? (byNode?.kind === "PullRequest" ? byNode.record : undefined);
  if (issue === undefined || issue.pull === null) return false;
  return issue.pull.baseBranch === state.repository.defaultBranch && state.requiredChecks.includes(name);
}

function runUrl(run: CheckRunRecord, { state }: GraphqlContext): string {
  return `/${state.repository.fullName}/runs/${run.id}`;
}

export const checkRunFields: Fields<CheckRunRecord> = {
  annotations: (run, args: PageArgs) => connect(run.annotations, args, "annotations"),
  checkSuite: (run, _args, { state }) => state.checkSuites.get(run.suite),
  completedAt: (run) => dateTime(run.completedAt),
  conclusion: (run) => run.conclusion?.toUpperCase() ?? null,
  // GraphQL's Int ends at 2^31.
  databaseId: (run) => (run.id > 0x7fff_ffff ? null : run.id),
  detailsUrl: (run, _args, { state }) => detailsUrlOf(state, run),
  externalId: () => "",
  id: (run) => run.node,
  isRequired: (run, args: RequiredArgs, context) => isRequired(run.name, args, context),
  name: (run) => run.name,
  permalink: (run, _args, context) => context.state.htmlUrl + runUrl(run, context),
  repository: (_run, _args, { state }) => state.repository,
  resourcePath: (run, _args, context) => runUrl(run, context),
  startedAt: (run) => dateTime(run.startedAt),
  status: (run) => run.status.toUpperCase(),
  summary: (run) => run.output.summary,
  text: (run) => run.output.text,
  title: (run) => run.output.title,
  url: (run, _args, context) => context.state.htmlUrl + runUrl(run, context),
};

export const annotationFields: Fields<AnnotationRecord> = {
  annotationLevel: ({ level }) => level.toUpperCase(),
  blobUrl: ({ path, line }, _args, { state }) =>
    `${state.htmlUrl}/${state.repository.fullName}/blob/main/${path}#L${line}`,
  fullDatabaseId: () => null,
  location: ({ line }) => ({ start: { line, column: null }, end: { line, column: null } }),
  message: ({ message }) => message,
  path: ({ path }) => path,
  rawDetails: () => null,
  title: ({ title }) => title,
};

export const checkSuiteFields: Fields<CheckSuiteRecord> = {
  app: (suite, _args, { state }) => ({
    databaseId: suite.app.id,
    id: state.app.id === suite.app.id ? state.app.node : `A_${suite.app.id}`,
    name: suite.app.slug,
    slug: suite.app.slug,
    url: `${state.htmlUrl}/apps/${suite.app.slug}`,
  }),
  checkRuns: (suite, args: PageArgs, { state }) =>
    connect(
      state.checksOf(suite.sha).filter((run) => run.suite === suite.id),
      args,
      "checkRuns",
    ),
  commit: (suite) => ({ __typename: "Commit", oid: suite.sha }),
  conclusion: (suite) => suite.conclusion?.toUpperCase() ?? null,
  createdAt: (suite) => dateTime(suite.createdAt),
  databaseId: (suite) => (suite.id > 0x7fff_ffff ? null : suite.id),
  id: (suite) => suite.node,
  repository: (_suite, _args, { state }) => state.repository,
  resourcePath: (suite, _args, { state }) =>
    `/${state.repository.fullName}/commit/${suite.sha}/checks?check_suite_id=${suite.id}`,
  status: (suite) => suite.status.toUpperCase(),
  updatedAt: (suite) => dateTime(suite.updatedAt),
  url: (suite, _args, { state }) =>
    `${state.htmlUrl}/${state.repository.fullName}/commit/${suite.sha}/checks?check_suite_id=${suite.id}`,
};

export const statusFields: Fields<StatusRecord> = {
  avatarUrl: (status, _args, { state }) => `${state.htmlUrl}/avatars/u/${status.creator.id}?v=4`,
  commit: (status) => ({ __typename: "Commit", oid: status.sha }),
  context: (status) => status.context,
  createdAt: (status) => dateTime(status.createdAt),
  creator: (status) => status.creator,
  description: (status) => status.description,
  id: (status) => status.node,
  isRequired: (status, args: RequiredArgs, context) => isRequired(status.context, args, context),
  state: (status) => status.state.toUpperCase(),
  targetUrl: (status) => status.targetUrl,
};
