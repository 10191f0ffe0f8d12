/** GraphQL mutations on code: commits on branches with compare-and-swap, refs, pull requests. */
import { commitSource, refSource } from "./graphql-code-fields.ts";
import { demand, GraphqlFailure, stateRef } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import { issueAt } from "./graphql-issue-mutations.ts";
import { asGraphqlLater } from "./graphql-refusals.ts";
import type { IssueRecord } from "./records.ts";
import { refNodeId } from "./repository-ids.ts";
import { ActRefusal } from "./world-acts.ts";

type Input<Shape> = { readonly input: Shape & { readonly clientMutationId?: string | null } };

function mutation<Shape>(act: (input: Shape, context: GraphqlContext) => Promise<Record<string, unknown>>) {
  return (_root: unknown, { input }: Input<Shape>, context: GraphqlContext): unknown =>
    asGraphqlLater(async () => ({ ...(await act(input, context)), clientMutationId: input.clientMutationId ?? null }));
}

function unprocessable(message: string): GraphqlFailure {
  return new GraphqlFailure("UNPROCESSABLE", message);
}

interface CommitInput {
  readonly branch: {
    readonly id?: string | null;
    readonly repositoryNameWithOwner?: string | null;
    readonly branchName?: string | null;
  };
  readonly expectedHeadOid: string;
  readonly message: { readonly headline: string; readonly body?: string | null };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[] | null;
    readonly deletions?: readonly { readonly path: string }[] | null;
  } | null;
}

function refById(id: string, context: GraphqlContext): string {
  const { git, state } = context;
  for (const name of git.refs.keys()) if (refNodeId({ repository: state.repository.id, name }) === id) return name;
  throw new GraphqlFailure("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

/** The branch of the input, without `refs/heads/`. */
function branchOf({ branch }: CommitInput, context: GraphqlContext): string {
  if (typeof branch.id === "string") return refById(branch.id, context).replace("refs/heads/", "");
  const { repositoryNameWithOwner: repository, branchName } = branch;
  if (!repository || !branchName) {
    throw unprocessable("A branch must be given by its id, or by repositoryNameWithOwner and branchName.");
  }
  if (repository.toLowerCase() !== context.state.repository.fullName.toLowerCase()) {
    throw new GraphqlFailure("NOT_FOUND", `Could not resolve to a Repository with the name '${repository}'.`);
  }
  const short = branchName.replace(/^refs\/heads\//, "");
  if (context.git.head(short) === null) {
    throw new GraphqlFailure("NOT_FOUND", `Could not resolve to a Ref with the name '${branchName}'.`);
  }
  return short;
}

function decoded(path: string, contents: string): Buffer {
  const text = contents.replaceAll(/\s/g, "");
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw unprocessable(`The contents of "${path}" are not valid Base64.`);
  return Buffer.from(text, "base64");
}

function filesOf({ fileChanges }: CommitInput): Record<string, Uint8Array | null> {
  // Without a prototype, because paths come from outside.
  const files = Object.create(null) as Record<string, Uint8Array | null>;
  const put = (path: string, content: Uint8Array | null): void => {
    const isBad =
      path === "" || path.startsWith("/") || path.split("/").some((part) => ["", ".", "..", ".git"].includes(part));
    if (isBad) throw unprocessable(`A path was requested for modification that is not valid: "${path}".`);
    if (path in files) throw unprocessable(`The path "${path}" is used more than once; paths must be unique.`);
    files[path] = content;
  };
  for (const { path, contents } of fileChanges?.additions ?? []) put(path, decoded(path, contents));
  for (const { path } of fileChanges?.deletions ?? []) put(path, null);
  return files;
}

async function createCommitOnBranch(input: CommitInput, context: GraphqlContext): Promise<Record<string, unknown>> {
  demand(context, ["contents"], "write");
  const branch = branchOf(input, context);
  const files = filesOf(input);
  const { headline, body } = input.message;
  const message = body ? `${headline}\n\n${body}` : headline;
  const { expectedHeadOid: expectedHead } = input;
  const isState = `refs/heads/${branch}` === stateRef;
  if (isState) context.stateBranch.tries += 1;
  try {
    const { sha } = await context.acts.push(context.actor, { branch, expectedHead, files, message });
    if (isState) context.stateBranch.commits += 1;
    return { commit: commitSource(sha), ref: refSource(`refs/heads/${branch}`, context.git) };
  } catch (error) {
    if (!(error instanceof ActRefusal) || error.status !== 409) throw error;
    // The two spaces are GitHub's.
    const sentence = `Expected branch to point to "${expectedHead}" but it did not.  Pull and try again.`;
    throw new GraphqlFailure("STALE_DATA", sentence, { cause: error });
  }
}

function isZero(oid: string): boolean {
  return /^0+$/.test(oid);
}

interface RefUpdate {
  readonly name: string;
  readonly beforeOid?: string | null;
  readonly afterOid: string;
  readonly force?: boolean | null;
}

function beforeOf({ beforeOid }: RefUpdate): { readonly before?: string | null } {
  if (typeof beforeOid !== "string") return {};
  return { before: isZero(beforeOid) ? null : beforeOid };
}

async function updateRefs(
  input: { readonly repositoryId: string; readonly refUpdates: readonly RefUpdate[] },
  context: GraphqlContext,
): Promise<Record<string, unknown>> {
  demand(context, ["contents"], "write");
  const { git } = context;
  if (input.refUpdates.every((update) => update.name === stateRef)) context.stateBranch.tries += 1;
  // All or none: what can be seen to fail is refused before the first one moves.
  for (const update of input.refUpdates) {
    const { before } = beforeOf(update);
    if (before !== undefined && (git.refs.get(update.name) ?? null) !== before) {
      throw new GraphqlFailure("STALE_DATA", `The ref "${update.name}" does not point to "${update.beforeOid}".`);
    }
  }
  for (const update of input.refUpdates) {
    const to = isZero(update.afterOid) ? null : update.afterOid;
    await context.acts.moveRef(context.actor, {
      name: update.name,
      to,
      ...beforeOf(update),
      force: update.force ?? false,
    });
    if (update.name === stateRef) context.stateBranch.commits += 1;
  }
  return {};
}

function pullAt(id: string, context: GraphqlContext): IssueRecord {
  demand(context, ["pull_requests"], "write");
  const issue = issueAt(id, context);
  if (issue.pull !== null) return issue;
  throw new GraphqlFailure("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

interface MergeInput {
  readonly pullRequestId: string;
  readonly mergeMethod?: "MERGE" | "SQUASH" | "REBASE" | null;
  readonly expectedHeadOid?: string | null;
  readonly commitHeadline?: string | null;
  readonly commitBody?: string | null;
}

const methods = { MERGE: "merge", SQUASH: "squash", REBASE: "rebase" } as const;

async function enqueuePullRequest(
  input: PullOnly & { readonly expectedHeadOid?: string | null },
  context: GraphqlContext,
): Promise<Record<string, unknown>> {
  demand(context, ["contents"], "write");
  const issue = pullAt(input.pullRequestId, context);
  const entry = await context.acts.enqueue(context.actor, issue.number, input.expectedHeadOid ?? undefined);
  return { mergeQueueEntry: entry };
}

async function mergePullRequest(input: MergeInput, context: GraphqlContext): Promise<Record<string, unknown>> {
  demand(context, ["contents"], "write");
  const issue = pullAt(input.pullRequestId, context);
  await context.acts.mergePull(context.actor, issue.number, {
    method: methods[input.mergeMethod ?? "MERGE"],
    ...(input.expectedHeadOid ? { expectedHead: input.expectedHeadOid } : {}),
    ...(input.commitHeadline ? { title: input.commitHeadline } : {}),
    ...(input.commitBody ? { message: input.commitBody } : {}),
  });
  return { actor: context.actor.user, pullRequest: issue };
}

interface PullInput {
  readonly baseRefName: string;
  readonly headRefName: string;
  readonly title: string;
  readonly body?: string | null;
  readonly draft?: boolean | null;
}

async function createPullRequest(input: PullInput, context: GraphqlContext): Promise<Record<string, unknown>> {
  demand(context, ["pull_requests"], "write");
  const { title, body, draft, headRefName: head, baseRefName: base } = input;
  const pullRequest = await context.acts.openPull(context.actor, {
    head,
    base,
    title,
    body: body ?? "",
    isDraft: draft ?? false,
  });
  return { pullRequest };
}

interface UpdatePullInput {
  readonly pullRequestId: string;
  readonly title?: string | null;
  readonly body?: string | null;
  readonly state?: "OPEN" | "CLOSED" | null;
}

async function updatePullRequest(input: UpdatePullInput, context: GraphqlContext): Promise<Record<string, unknown>> {
  const { acts, actor } = context;
  const issue = pullAt(input.pullRequestId, context);
  const change = {
    ...(typeof input.title === "string" ? { title: input.title } : {}),
    ...(typeof input.body === "string" ? { body: input.body } : {}),
  };
  if (Object.keys(change).length > 0) acts.editIssue(actor, issue.number, change);
  if (input.state === "CLOSED") acts.closeIssue(actor, issue.number);
  if (input.state === "OPEN") acts.reopenIssue(actor, issue.number);
  return await Promise.resolve({ actor: actor.user, pullRequest: issue });
}

interface PullOnly {
  readonly pullRequestId: string;
}

async function setDraft(input: PullOnly, context: GraphqlContext, isDraft: boolean): Promise<Record<string, unknown>> {
  const issue = pullAt(input.pullRequestId, context);
  return await Promise.resolve({ pullRequest: context.acts.setDraft(context.actor, issue.number, isDraft) });
}

async function setAutoMerge(input: PullOnly, context: GraphqlContext, isOn: boolean): Promise<Record<string, unknown>> {
  const issue = pullAt(input.pullRequestId, context);
  const pullRequest = await context.acts.setAutoMerge(context.actor, issue.number, isOn);
  return { actor: context.actor.user, pullRequest };
}

/** All of them, by the name of the mutation. */
export const codeMutations: Fields<unknown> = {
  closePullRequest: mutation(async (input: { pullRequestId: string }, context) => {
    const issue = pullAt(input.pullRequestId, context);
    return await Promise.resolve({ pullRequest: context.acts.closeIssue(context.actor, issue.number) });
  }),
  convertPullRequestToDraft: mutation((input: PullOnly, context) => setDraft(input, context, true)),
  createCommitOnBranch: mutation(createCommitOnBranch),
  createPullRequest: mutation(createPullRequest),
  createRef: mutation(async (input: { repositoryId: string; name: string; oid: string }, context) => {
    demand(context, ["contents"], "write");
    await context.acts.moveRef(context.actor, { name: input.name, to: input.oid, before: null });
    return { ref: refSource(input.name, context.git) };
  }),
  deleteRef: mutation(async (input: { refId: string }, context) => {
    demand(context, ["contents"], "write");
    await context.acts.moveRef(context.actor, { name: refById(input.refId, context), to: null });
    return {};
  }),
  disablePullRequestAutoMerge: mutation((input: PullOnly, context) => setAutoMerge(input, context, false)),
  enablePullRequestAutoMerge: mutation((input: PullOnly, context) => setAutoMerge(input, context, true)),
  enqueuePullRequest: mutation(enqueuePullRequest),
  markPullRequestReadyForReview: mutation((input: PullOnly, context) => setDraft(input, context, false)),
  mergePullRequest: mutation(mergePullRequest),
  updatePullRequest: mutation(updatePullRequest),
  updateRef: mutation(async (input: { refId: string; oid: string; force?: boolean | null }, context) => {
    demand(context, ["contents"], "write");
    const name = refById(input.refId, context);
    await context.acts.moveRef(context.actor, { name, to: input.oid, force: input.force ?? false });
    return { ref: refSource(name, context.git) };
  }),
  updateRefs: mutation(updateRefs),
};
