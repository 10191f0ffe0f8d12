/** Acts on issues themselves, and what pull requests share with them: open, edit, close, reopen, assign, lock, leave. */
import { issuePayload } from "./payload.ts";
import type { IssueExtras } from "./payload.ts";
import type { IssueRecord, UserRecord } from "./records.ts";
import type { GoneRecord } from "./repository-state.ts";
import { issueJson, repositoryJson } from "./rest-json.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, EdgeActs, IssueActs, LabelActs } from "./world-acts.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground, NewIssueEvent } from "./world-ground.ts";

/** What closed an issue, when it was not closed by hand. */
export interface Closer {
  readonly pull?: number;
  readonly commit: string;
}

export interface IssueActsWithin extends IssueActs {
  /** As a merge or a pushed commit closes it; no permission is asked. */
  closeBy(actor: Actor, issue: IssueRecord, closer: Closer): void;
}

export function createIssueActs(ground: Ground, others: LabelActs & EdgeActs): IssueActsWithin {
  return { ...createLifeActs(ground, others), ...createSurfaceActs(ground) };
}

/** Webhook and touch of an act on one issue. */
function announce(
  ground: Ground,
  actor: Actor,
  what: { issue: IssueRecord; action: string; extras?: IssueExtras },
): void {
  ground.touch(what.issue);
  const { name, body } = issuePayload(ground.state, what.issue, what.action, what.extras);
  ground.deliver(name, actor, body);
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
    labels: new Set(),
    assignees: new Set(),
    milestone: null,
    isLocked: false,
    isPinned: false,
    comments: [],
    reactions: [],
    blockedBy: new Set(),
    subIssues: [],
    parent: null,
    pull: null,
  };
}

function createLifeActs(
  ground: Ground,
  others: LabelActs & EdgeActs,
): Pick<IssueActsWithin, "openIssue" | "closeIssue" | "closeBy" | "reopenIssue" | "deleteIssue" | "transferIssue"> {
  const { state } = ground;

  function close(
    actor: Actor,
    issue: IssueRecord,
    how: { reason: IssueRecord["stateReason"]; closer: Closer | null },
  ): void {
    const { reason, closer } = how;
    issue.state = "closed";
    issue.stateReason = issue.pull === null ? reason : null;
    issue.closedBy = actor.user;
    issue.closedAt = state.now();
    const event: NewIssueEvent = {
      event: "closed",
      stateReason: issue.stateReason,
      closer: closer?.pull === undefined ? null : { pull: closer.pull },
      ...(closer === null ? {} : { commit: closer.commit }),
    };
    ground.note(actor, issue, event);
    announce(ground, actor, { issue, action: "closed" });
    const by = closer?.pull === undefined ? {} : { pull: closer.pull };
    ground.tell(actor, "closed", { target: targetOf(issue), detail: { reason: issue.stateReason, ...by } });
  }

  function leave(issue: IssueRecord, gone: GoneRecord): void {
    for (const blocker of state.blockersOf(issue)) state.unlink(issue, blocker);
    for (const blocked of state.blockedOf(issue)) state.unlink(blocked, issue);
    for (const child of state.subIssuesOf(issue)) child.parent = null;
    const parent = issue.parent === null ? undefined : state.issues.get(issue.parent);
    if (parent !== undefined) parent.subIssues.splice(parent.subIssues.indexOf(issue.number), 1);
    state.removeIssue(issue, gone);
  }

  return {
    openIssue(actor, wanted) {
      if (wanted.title.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
      const issue = newIssue(ground, actor, {
        ...state.identity("issue"),
        title: wanted.title,
        body: wanted.body ?? "",
      });
      const mayLabel = ground.may(actor, "triage");
      if (mayLabel && wanted.milestone !== undefined) issue.milestone = wanted.milestone;
      state.addIssue(issue);
      announce(ground, actor, { issue, action: "opened" });
      if (mayLabel) others.addLabels(actor, issue.number, wanted.labels ?? []);
      if (mayLabel) assign(ground, actor, { issue, add: wanted.assignees ?? [], remove: [] });
      if (wanted.parent !== undefined) others.addSubIssue(actor, { parent: wanted.parent, child: issue.number });
      return issue;
    },
    closeIssue(actor, number, reason = "completed") {
      const issue = ground.find(number);
      ground.demandOwn(actor, issue.author, "triage");
      if (issue.state === "open") close(actor, issue, { reason, closer: null });
      else if (issue.pull === null && issue.stateReason !== reason) {
        issue.stateReason = reason;
        ground.touch(issue);
      }
      return issue;
    },
    closeBy(actor, issue, closer) {
      if (issue.state === "open") close(actor, issue, { reason: "completed", closer });
    },
    reopenIssue(actor, number) {
      const issue = ground.find(number);
      ground.demandOwn(actor, issue.author, "triage");
      if (issue.state === "open") return issue;
      if (issue.pull !== null) prepareReopening(ground, issue.pull);
      issue.state = "open";
      issue.stateReason = issue.pull === null ? "reopened" : null;
      issue.closedBy = null;
      issue.closedAt = null;
      ground.note(actor, issue, { event: "reopened", stateReason: issue.stateReason });
      announce(ground, actor, { issue, action: "reopened" });
      ground.tell(actor, "reopened", { target: targetOf(issue), detail: {} });
      return issue;
    },
    deleteIssue(actor, number) {
      const issue = ground.find(number);
      ground.demand(actor, "admin");
      if (issue.pull !== null) throw new ActRefusal(422, "A pull request cannot be deleted.");
      const { name, body } = issuePayload(state, issue, "deleted");
      leave(issue, { kind: "deleted" });
      ground.deliver(name, actor, body);
    },
    transferIssue(actor, number, repository) {
      const issue = ground.find(number);
      ground.demand(actor, "write");
      if (issue.pull !== null) throw new ActRefusal(422, "A pull request cannot be transferred.");
      const changes = transferChanges(ground, issue, repository);
      const { name, body } = issuePayload(state, issue, "transferred", { changes });
      leave(issue, { kind: "transferred", repository, number: 1 });
      ground.deliver(name, actor, body);
    },
  };
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

function assign(
  ground: Ground,
  actor: Actor,
  change: { readonly issue: IssueRecord; readonly add: readonly string[]; readonly remove: readonly string[] },
): void {
  const { issue } = change;
  const step = (login: string, isOn: boolean): void => {
    const user: UserRecord | undefined = ground.state.findUser(login);
    if (user === undefined || issue.assignees.has(user.id) === isOn) return;
    if (isOn) issue.assignees.add(user.id);
    else issue.assignees.delete(user.id);
    const action = isOn ? "assigned" : "unassigned";
    ground.note(actor, issue, { event: action, assignee: user });
    announce(ground, actor, { issue, action, extras: { assignee: user } });
  };
  for (const login of change.add) step(login, true);
  for (const login of change.remove) step(login, false);
}

function createSurfaceActs(ground: Ground): Pick<IssueActs, "editIssue" | "assign" | "lock" | "pin"> {
  const { state } = ground;

  function editText(
    actor: Actor,
    issue: IssueRecord,
    wanted: { readonly title?: string; readonly body?: string },
  ): void {
    const changes: Record<string, { readonly from: string }> = {};
    if (wanted.title !== undefined && wanted.title !== issue.title) {
      changes["title"] = { from: issue.title };
      ground.note(actor, issue, { event: "renamed", rename: { from: issue.title, to: wanted.title } });
      issue.title = wanted.title;
    }
    if (wanted.body !== undefined && wanted.body !== issue.body) {
      changes["body"] = { from: issue.body };
      issue.body = wanted.body;
      issue.editedAt = state.now();
      issue.editedBy = actor.user;
    }
    if (Object.keys(changes).length > 0) announce(ground, actor, { issue, action: "edited", extras: { changes } });
  }

  function setMilestone(actor: Actor, issue: IssueRecord, wanted: number | null): void {
    if (issue.milestone === wanted) return;
    const milestone = state.milestones.get(wanted ?? issue.milestone ?? 0);
    if (milestone === undefined) throw new ActRefusal(422, "Validation Failed", "invalid");
    issue.milestone = wanted;
    const action = wanted === null ? "demilestoned" : "milestoned";
    ground.note(actor, issue, { event: action, milestone: milestone.title });
    announce(ground, actor, { issue, action, extras: { milestone } });
  }

  function mark(
    actor: Actor,
    number: number,
    what: { key: "isLocked" | "isPinned"; isOn: boolean; action: string },
  ): IssueRecord {
    const issue = ground.find(number);
    ground.demand(actor, "write");
    if (issue[what.key] === what.isOn) return issue;
    issue[what.key] = what.isOn;
    ground.note(actor, issue, { event: what.action });
    announce(ground, actor, { issue, action: what.action });
    return issue;
  }

  return {
    editIssue(actor, number, wanted) {
      const issue = ground.find(number);
      if (wanted.title !== undefined || wanted.body !== undefined) ground.demandOwn(actor, issue.author, "write");
      if (wanted.title?.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
      editText(actor, issue, wanted);
      if (wanted.milestone !== undefined) {
        ground.demand(actor, "triage");
        setMilestone(actor, issue, wanted.milestone);
      }
      return issue;
    },
    assign(actor, number, logins) {
      const issue = ground.find(number);
      ground.demand(actor, "triage");
      assign(ground, actor, { issue, add: logins.add ?? [], remove: logins.remove ?? [] });
      return issue;
    },
    lock: (actor, number, isOn) => mark(actor, number, { key: "isLocked", isOn, action: isOn ? "locked" : "unlocked" }),
    pin: (actor, number, isOn) => mark(actor, number, { key: "isPinned", isOn, action: isOn ? "pinned" : "unpinned" }),
  };
}
