/** Acts on what an issue or pull request shows: title, body, milestone, assignees, lock and pin. */
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import type { IssueRecord, UserRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, IssueActs } from "./world-acts.ts";
import { checkLength } from "./world-comments.ts";
import { announce } from "./world-announcement.ts";
import type { Ground } from "./world-ground.ts";

/** GitHub pins no more. */
const pinnedMax = 3;
/** Enough for every look; a run may write thousands. */
const editsKept = 100;

/** Adds and removes assignees. */
export function assign(
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

/** Acts on what an issue shows; life and death are elsewhere. */
export type SurfaceActs = Pick<IssueActs, "editIssue" | "assign" | "lock" | "pin">;

export function createSurfaceActs(ground: Ground): SurfaceActs {
  return methodsOf<SurfaceActs>(new SurfaceRoom(ground));
}

class SurfaceRoom implements SurfaceActs {
  readonly #ground: Ground;
  readonly #state: RepositoryState;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#state = ground.state;
  }

  #editText(actor: Actor, issue: IssueRecord, wanted: { readonly title?: string; readonly body?: string }): void {
    const changes: Record<string, { readonly from: string }> = {};
    if (wanted.title !== undefined && wanted.title !== issue.title) {
      changes["title"] = { from: issue.title };
      this.#ground.note(actor, issue, { event: "renamed", rename: { from: issue.title, to: wanted.title } });
      issue.title = wanted.title;
    }
    if (wanted.body !== undefined && wanted.body !== issue.body) {
      checkLength(wanted.body);
      changes["body"] = { from: issue.body };
      this.#keepEdit(actor, issue, wanted.body);
      issue.body = wanted.body;
      issue.editedAt = this.#state.now();
      issue.editedBy = actor.user;
    }
    if (Object.keys(changes).length > 0)
      announce(this.#ground, actor, { issue, action: "edited", extras: { changes } });
  }

  #keepEdit(actor: Actor, issue: IssueRecord, body: string): void {
    const node = (): string => `UCE_${issue.node}_${issue.edits.length}_${this.#state.now()}`;
    if (issue.edits.length === 0) {
      const { author, createdAt } = issue;
      issue.edits.push({ node: node(), at: createdAt, by: author, body: issue.body, isCreation: true });
    }
    issue.edits.push({ node: node(), at: this.#state.now(), by: actor.user, body, isCreation: false });
    if (issue.edits.length > editsKept) issue.edits.shift();
  }

  #setMilestone(actor: Actor, issue: IssueRecord, wanted: number | null): void {
    if (issue.milestone === wanted) return;
    const milestone = this.#state.milestones.get(wanted ?? issue.milestone ?? 0);
    if (milestone === undefined) throw new ActRefusal(422, "Validation Failed", "invalid");
    issue.milestone = wanted;
    const action = wanted === null ? "demilestoned" : "milestoned";
    this.#ground.note(actor, issue, { event: action, milestone: milestone.title });
    announce(this.#ground, actor, { issue, action, extras: { milestone } });
  }

  #mark(
    actor: Actor,
    number: number,
    what: { key: "isLocked" | "isPinned"; isOn: boolean; action: string },
  ): IssueRecord {
    const issue = this.#ground.find(number);
    this.#ground.demand(actor, "write");
    if (issue[what.key] === what.isOn) return issue;
    issue[what.key] = what.isOn;
    this.#ground.note(actor, issue, { event: what.action });
    announce(this.#ground, actor, { issue, action: what.action });
    return issue;
  }

  editIssue(
    actor: Actor,
    number: Parameters<SurfaceActs["editIssue"]>[1],
    wanted: Parameters<SurfaceActs["editIssue"]>[2],
  ): ReturnType<SurfaceActs["editIssue"]> {
    const issue = this.#ground.find(number);
    if (wanted.title !== undefined || wanted.body !== undefined) this.#ground.demandOwn(actor, issue.author, "write");
    if (wanted.title?.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
    this.#editText(actor, issue, wanted);
    if (wanted.milestone !== undefined) {
      this.#ground.demand(actor, "triage");
      this.#setMilestone(actor, issue, wanted.milestone);
    }
    return issue;
  }

  assign(
    actor: Actor,
    number: Parameters<SurfaceActs["assign"]>[1],
    logins: Parameters<SurfaceActs["assign"]>[2],
  ): ReturnType<SurfaceActs["assign"]> {
    const issue = this.#ground.find(number);
    this.#ground.demand(actor, "triage");
    assign(this.#ground, actor, { issue, add: logins.add ?? [], remove: logins.remove ?? [] });
    return issue;
  }

  lock(actor: Actor, number: number, isOn: boolean): IssueRecord {
    return this.#mark(actor, number, { key: "isLocked", isOn, action: isOn ? "locked" : "unlocked" });
  }

  pin(actor: Actor, number: number, isOn: boolean): IssueRecord {
    const issue = this.#ground.find(number);
    if (isOn && !issue.isPinned && this.#state.pinned().length >= pinnedMax) {
      throw new ActRefusal(422, `Maximum ${pinnedMax} pinned issues per repository`);
    }
    issue.pinnedBy = isOn ? actor.user : null;
    return this.#mark(actor, number, { key: "isPinned", isOn, action: isOn ? "pinned" : "unpinned" });
  }
}
