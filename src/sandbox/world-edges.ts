/** Acts on edges between issues. Both ends hear of an edge, and no edge bumps `updatedAt`: that is measured of GitHub. */
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import { dependencyBody, subIssueBody } from "./payload.ts";
import type { IssueRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, EdgeActs } from "./world-acts.ts";
import type { Ground } from "./world-ground.ts";

/** Of each relation an issue may have this many. */
const dependenciesMax = 50;
const subIssuesMax = 100;

export function createEdgeActs(ground: Ground): EdgeActs {
  return methodsOf<EdgeActs>(new EdgeRoom(ground));
}

class EdgeRoom implements EdgeActs {
  readonly #ground: Ground;
  readonly #state: RepositoryState;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#state = ground.state;
  }

  #ends(edge: { readonly blocked: number; readonly blocking: number }): {
    readonly blocked: IssueRecord;
    readonly blocking: IssueRecord;
  } {
    return { blocked: this.#ground.find(edge.blocked), blocking: this.#ground.find(edge.blocking) };
  }

  #tellDependency(
    actor: Actor,
    edge: { readonly blocked: IssueRecord; readonly blocking: IssueRecord },
    verb: "added" | "removed",
  ): void {
    const { blocked, blocking } = edge;
    this.#ground.note(actor, blocked, { event: `blocked_by_${verb}`, other: blocking.number });
    this.#ground.note(actor, blocking, { event: `blocking_${verb}`, other: blocked.number });
    for (const family of ["blocked_by", "blocking"] as const) {
      this.#ground.deliver(
        `issue_dependencies.${family}_${verb}`,
        actor,
        dependencyBody(this.#state, { ...edge, family }),
      );
    }
  }

  #tellSubIssue(
    actor: Actor,
    edge: { readonly parent: IssueRecord; readonly child: IssueRecord },
    verb: "added" | "removed",
  ): void {
    this.#ground.note(actor, edge.parent, { event: `sub_issue_${verb}`, other: edge.child.number });
    this.#ground.note(actor, edge.child, { event: `parent_issue_${verb}`, other: edge.parent.number });
    for (const family of ["sub_issue", "parent_issue"] as const) {
      this.#ground.deliver(`sub_issues.${family}_${verb}`, actor, subIssueBody(this.#state, { ...edge, family }));
    }
  }

  #family(edge: { readonly parent: number; readonly child: number }): {
    readonly parent: IssueRecord;
    readonly child: IssueRecord;
  } {
    return { parent: this.#ground.find(edge.parent), child: this.#ground.find(edge.child) };
  }

  #detach(actor: Actor, edge: { readonly parent: IssueRecord; readonly child: IssueRecord }): void {
    edge.parent.subIssues.splice(edge.parent.subIssues.indexOf(edge.child.number), 1);
    edge.child.parent = null;
    this.#tellSubIssue(actor, edge, "removed");
  }

  addDependency(actor: Actor, wanted: Parameters<EdgeActs["addDependency"]>[1]): ReturnType<EdgeActs["addDependency"]> {
    const edge = this.#ends(wanted);
    this.#ground.demand(actor, "triage");
    refuseDependency(edge);
    this.#state.link(edge.blocked, edge.blocking);
    this.#tellDependency(actor, edge, "added");
  }

  removeDependency(
    actor: Actor,
    wanted: Parameters<EdgeActs["removeDependency"]>[1],
  ): ReturnType<EdgeActs["removeDependency"]> {
    const edge = this.#ends(wanted);
    this.#ground.demand(actor, "triage");
    if (!edge.blocked.blockedBy.has(edge.blocking.number)) throw new ActRefusal(404, "Not Found");
    this.#state.unlink(edge.blocked, edge.blocking);
    this.#tellDependency(actor, edge, "removed");
  }

  addSubIssue(actor: Actor, wanted: Parameters<EdgeActs["addSubIssue"]>[1]): ReturnType<EdgeActs["addSubIssue"]> {
    const edge = this.#family(wanted);
    const { parent, child } = edge;
    this.#ground.demand(actor, "triage");
    refuseSubIssue(edge, (number) => this.#ground.find(number));
    if (child.parent !== null) {
      if (wanted.replaceParent !== true) {
        throw new ActRefusal(422, "Validation Failed: Sub issue may only have one parent", "custom");
      }
      this.#detach(actor, { parent: this.#ground.find(child.parent), child });
    }
    parent.subIssues.push(child.number);
    child.parent = parent.number;
    this.#tellSubIssue(actor, edge, "added");
  }

  removeSubIssue(
    actor: Actor,
    wanted: Parameters<EdgeActs["removeSubIssue"]>[1],
  ): ReturnType<EdgeActs["removeSubIssue"]> {
    const edge = this.#family(wanted);
    this.#ground.demand(actor, "triage");
    if (edge.child.parent !== edge.parent.number) throw new ActRefusal(404, "Not Found");
    this.#detach(actor, edge);
  }

  moveSubIssue(actor: Actor, wanted: Parameters<EdgeActs["moveSubIssue"]>[1]): ReturnType<EdgeActs["moveSubIssue"]> {
    const { parent, child } = this.#family(wanted);
    this.#ground.demand(actor, "triage");
    if (child.parent !== parent.number) throw new ActRefusal(404, "Not Found");
    const rest = parent.subIssues.filter((number) => number !== child.number);
    const beside = wanted.after ?? wanted.before;
    if (beside !== undefined && !rest.includes(beside)) throw new ActRefusal(422, "Validation Failed", "invalid");
    const index = beside === undefined ? 0 : rest.indexOf(beside) + (wanted.after === undefined ? 0 : 1);
    parent.subIssues.splice(0, parent.subIssues.length, ...rest.toSpliced(index, 0, child.number));
  }
}

function refuseDependency(edge: { readonly blocked: IssueRecord; readonly blocking: IssueRecord }): void {
  const { blocked, blocking } = edge;
  if (blocked.pull !== null || blocking.pull !== null)
    throw new ActRefusal(422, "Validation Failed: not an issue", "invalid");
  if (blocked === blocking) throw new ActRefusal(422, "Validation Failed: an issue cannot block itself", "invalid");
  if (blocked.blockedBy.has(blocking.number)) {
    throw new ActRefusal(422, "Validation Failed: Target issue has already been taken", "already_exists");
  }
  if (blocked.blockedBy.size >= dependenciesMax) {
    throw new ActRefusal(
      422,
      `Validation Failed: an issue can be blocked by ${dependenciesMax} issues at most`,
      "custom",
    );
  }
}

function refuseSubIssue(
  edge: { readonly parent: IssueRecord; readonly child: IssueRecord },
  find: (number: number) => IssueRecord,
): void {
  const { parent, child } = edge;
  if (parent.pull !== null || child.pull !== null)
    throw new ActRefusal(422, "Validation Failed: not an issue", "invalid");
  if (child.parent === parent.number)
    throw new ActRefusal(422, "Validation Failed: duplicate sub-issue", "already_exists");
  if (parent.subIssues.length >= subIssuesMax) {
    throw new ActRefusal(422, `Validation Failed: an issue can have ${subIssuesMax} sub-issues at most`, "custom");
  }
  for (let at: IssueRecord | null = parent; at !== null; at = at.parent === null ? null : find(at.parent)) {
    if (at === child) throw new ActRefusal(422, "Validation Failed: a sub-issue cannot be an ancestor", "invalid");
  }
}
