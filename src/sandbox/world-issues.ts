/** Acts on issues themselves, and what pull requests share with them: open, edit, close, reopen, assign, lock, leave. */
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import { issuePayload } from "./payload.ts";
import type { IssueRecord } from "./records.ts";
import type { GoneRecord } from "./repository-state.ts";
import { issueJson, repositoryJson } from "./rest-json.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, EdgeActs, IssueActs, LabelActs } from "./world-acts.ts";
import { checkLength } from "./world-comments.ts";
import { announce } from "./world-announcement.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground, NewIssueEvent } from "./world-ground.ts";
import { assign, createSurfaceActs } from "./world-issue-surface.ts";

/** What closed an issue, when it was not closed by hand. */
export interface Closer {
  readonly pull?: number;
  readonly commit: string;
}

export interface IssueActsWithin extends IssueActs {
  /** As a merge or a pushed commit closes it; no permission is asked. */
  closeBy(actor: Actor, issue: IssueRecord, closer: Closer | null): void;
}

/** What opening an issue needs of the other acts. */
export type IssueNeeds = Pick<LabelActs, "addLabels"> & Pick<EdgeActs, "addSubIssue">;

export type LifeActs = Pick<
  IssueActsWithin,
  "openIssue" | "closeIssue" | "closeBy" | "reopenIssue" | "deleteIssue" | "transferIssue"
>;

export function createIssueActs(ground: Ground, others: IssueNeeds): IssueActsWithin {
  return { ...createLifeActs(ground, others), ...createSurfaceActs(ground) };
}

/** A record with nothing on it yet. */
export function newIssue(
  ground: Ground,
  actor: Actor,
  issue: { readonly id: number; readonly node: string; readonly title: string; readonly body: string },
): IssueRecord {
  const now = ground.state.now();
  return {
    ...issue,
    number: ground.state.nextNumber(),
    author: actor.user,
    viaApp: actor.viaApp,
    state: "open",
    stateReason: null,
    closedBy: null,
    closedAt: null,
    createdAt: now,
    updatedAt: now,
    editedAt: null,
    editedBy: null,
    edits: [],
    labels: new Set(),
    assignees: new Set(),
    milestone: null,
    isLocked: false,
    isPinned: false,
    pinnedBy: null,
    comments: [],
    reactions: [],
    blockedBy: new Set(),
    subIssues: [],
    parent: null,
    pull: null,
  };
}

function createLifeActs(ground: Ground, others: IssueNeeds): LifeActs {
  return methodsOf<LifeActs>(new LifeRoom(ground, others));
}

class LifeRoom implements LifeActs {
  readonly #ground: Ground;
  readonly #others: IssueNeeds;
  readonly #state: RepositoryState;

  constructor(ground: Ground, others: IssueNeeds) {
    this.#ground = ground;
    this.#others = others;
    this.#state = ground.state;
  }

  #close(actor: Actor, issue: IssueRecord, how: { reason: IssueRecord["stateReason"]; closer: Closer | null }): void {
    const { reason, closer } = how;
    issue.state = "closed";
    issue.stateReason = issue.pull === null ? reason : null;
    issue.closedBy = actor.user;
    issue.closedAt = this.#state.now();
    const event: NewIssueEvent = {
      event: "closed",
      stateReason: issue.stateReason,
      closer: closer?.pull === undefined ? null : { pull: closer.pull },
      ...(closer === null ? {} : { commit: closer.commit }),
    };
    this.#ground.note(actor, issue, event);
    announce(this.#ground, actor, { issue, action: "closed" });
    const by = closer?.pull === undefined ? {} : { pull: closer.pull };
    this.#ground.tell(actor, "closed", { target: targetOf(issue), detail: { reason: issue.stateReason, ...by } });
  }

  #leave(issue: IssueRecord, gone: GoneRecord): void {
    for (const blocker of this.#state.blockersOf(issue)) this.#state.unlink(issue, blocker);
    for (const blocked of this.#state.blockedOf(issue)) this.#state.unlink(blocked, issue);
    for (const child of this.#state.subIssuesOf(issue)) child.parent = null;
    const parent = issue.parent === null ? undefined : this.#state.issues.get(issue.parent);
    if (parent !== undefined) parent.subIssues.splice(parent.subIssues.indexOf(issue.number), 1);
    this.#state.removeIssue(issue, gone);
  }

  openIssue(actor: Actor, wanted: Parameters<LifeActs["openIssue"]>[1]): ReturnType<LifeActs["openIssue"]> {
    if (wanted.title.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
    checkLength(wanted.body ?? "");
    const issue = newIssue(this.#ground, actor, {
      ...this.#state.identity("issue"),
      title: wanted.title,
      body: wanted.body ?? "",
    });
    const mayLabel = this.#ground.may(actor, "triage");
    if (mayLabel && wanted.milestone !== undefined) issue.milestone = wanted.milestone;
    this.#state.addIssue(issue);
    announce(this.#ground, actor, { issue, action: "opened" });
    if (mayLabel) this.#others.addLabels(actor, issue.number, wanted.labels ?? []);
    if (mayLabel) assign(this.#ground, actor, { issue, add: wanted.assignees ?? [], remove: [] });
    if (wanted.parent !== undefined) this.#others.addSubIssue(actor, { parent: wanted.parent, child: issue.number });
    return issue;
  }

  closeIssue(
    actor: Actor,
    number: number,
    reason: "completed" | "not_planned" | "duplicate" = "completed",
  ): IssueRecord {
    const issue = this.#ground.find(number);
    this.#ground.demandOwn(actor, issue.author, "triage");
    if (issue.state === "open") this.#close(actor, issue, { reason, closer: null });
    else if (issue.pull === null && issue.stateReason !== reason) {
      issue.stateReason = reason;
      this.#ground.touch(issue);
    }
    return issue;
  }

  closeBy(
    actor: Actor,
    issue: Parameters<LifeActs["closeBy"]>[1],
    closer: Parameters<LifeActs["closeBy"]>[2],
  ): ReturnType<LifeActs["closeBy"]> {
    if (issue.state === "open") this.#close(actor, issue, { reason: "completed", closer });
  }

  reopenIssue(actor: Actor, number: Parameters<LifeActs["reopenIssue"]>[1]): ReturnType<LifeActs["reopenIssue"]> {
    const issue = this.#ground.find(number);
    this.#ground.demandOwn(actor, issue.author, "triage");
    if (issue.state === "open") return issue;
    if (issue.pull !== null) prepareReopening(this.#ground, issue.pull);
    issue.state = "open";
    issue.stateReason = issue.pull === null ? "reopened" : null;
    issue.closedBy = null;
    issue.closedAt = null;
    this.#ground.note(actor, issue, { event: "reopened", stateReason: issue.stateReason });
    announce(this.#ground, actor, { issue, action: "reopened" });
    this.#ground.tell(actor, "reopened", { target: targetOf(issue), detail: {} });
    return issue;
  }

  deleteIssue(actor: Actor, number: Parameters<LifeActs["deleteIssue"]>[1]): ReturnType<LifeActs["deleteIssue"]> {
    const issue = this.#ground.find(number);
    this.#ground.demand(actor, "admin");
    if (issue.pull !== null) throw new ActRefusal(422, "A pull request cannot be deleted.");
    const { name, body } = issuePayload(this.#state, issue, { action: "deleted" });
    this.#leave(issue, { kind: "deleted" });
    this.#ground.deliver(name, actor, body);
  }

  transferIssue(
    actor: Actor,
    number: Parameters<LifeActs["transferIssue"]>[1],
    repository: Parameters<LifeActs["transferIssue"]>[2],
  ): ReturnType<LifeActs["transferIssue"]> {
    const issue = this.#ground.find(number);
    this.#ground.demand(actor, "write");
    if (issue.pull !== null) throw new ActRefusal(422, "A pull request cannot be transferred.");
    const changes = transferChanges(this.#ground, issue, repository);
    const { name, body } = issuePayload(this.#state, issue, { action: "transferred", changes });
    this.#leave(issue, { kind: "transferred", repository, number: 1 });
    this.#ground.deliver(name, actor, body);
  }
}

/** A pull request comes back only with its head branch; the head may have moved on meanwhile. */
function prepareReopening(ground: Ground, pull: NonNullable<IssueRecord["pull"]>): void {
  if (pull.isMerged) throw new ActRefusal(422, "A merged pull request cannot be reopened.", "invalid");
  const ref = headRef(ground, pull);
  const head = ground.git.refs.get(ref);
  if (head === undefined) throw new ActRefusal(422, `The ${pull.headBranch} branch was deleted.`, "invalid");
  pull.headSha = head;
}

/** Where the head of a pull request lies: in the repository, or in a fork. */
export function headRef(ground: Ground, pull: NonNullable<IssueRecord["pull"]>): string {
  const { fullName } = ground.state.repository;
  if (pull.headRepository === fullName) return `refs/heads/${pull.headBranch}`;
  return `refs/forks/${pull.headRepository.split("/")[0] ?? ""}/${pull.headBranch}`;
}

function transferChanges(ground: Ground, issue: IssueRecord, repository: string): Readonly<Record<string, unknown>> {
  const { state } = ground;
  const [owner, name] = repository.split("/");
  if (owner === undefined || name === undefined)
    throw new ActRefusal(422, "The other repository is given as owner/name.");
  const url = `${state.apiUrl}/repos/${repository}`;
  const page = `${state.htmlUrl}/${repository}`;
  const there = state.nextId("repository");
  const identity = state.identity("issue");
  return {
    new_issue: {
      ...issueJson(state, issue),
      id: identity.id,
      node_id: identity.node,
      number: 1,
      url: `${url}/issues/1`,
      repository_url: url,
      html_url: `${page}/issues/1`,
    },
    new_repository: { ...repositoryJson(state), id: there, name, full_name: repository, url, html_url: page },
  };
}
