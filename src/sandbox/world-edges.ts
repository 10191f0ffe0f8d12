/** Acts on edges between issues. Both ends hear of an edge, and no edge bumps `updatedAt`: that is measured of GitHub. */
import { dependencyBody, subIssueBody } from "./payload.ts";
import type { IssueRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, EdgeActs } from "./world-acts.ts";
import type { Ground } from "./world-ground.ts";

/** Of each relation an issue may have this many. */
const dependenciesMax = 50;
const subIssuesMax = 100;

export function createEdgeActs(ground: Ground): EdgeActs {
  const { state } = ground;

  function ends(edge: { readonly blocked: number; readonly blocking: number }): {
    readonly blocked: IssueRecord;
    readonly blocking: IssueRecord;
  } {
    return { blocked: ground.find(edge.blocked), blocking: ground.find(edge.blocking) };
  }

  function tellDependency(
    actor: Actor,
    edge: { readonly blocked: IssueRecord; readonly blocking: IssueRecord },
    verb: "added" | "removed",
  ): void {
    const { blocked, blocking } = edge;
    ground.note(actor, blocked, { event: `blocked_by_${verb}`, other: blocking.number });
    ground.note(actor, blocking, { event: `blocking_${verb}`, other: blocked.number });
    for (const family of ["blocked_by", "blocking"] as const) {
      ground.deliver(`issue_dependencies.${family}_${verb}`, actor, dependencyBody(state, { ...edge, family }));
    }
  }

  function tellSubIssue(
    actor: Actor,
    edge: { readonly parent: IssueRecord; readonly child: IssueRecord },
    verb: "added" | "removed",
  ): void {
    ground.note(actor, edge.parent, { event: `sub_issue_${verb}`, other: edge.child.number });
    ground.note(actor, edge.child, { event: `parent_issue_${verb}`, other: edge.parent.number });
    for (const family of ["sub_issue", "parent_issue"] as const) {
      ground.deliver(`sub_issues.${family}_${verb}`, actor, subIssueBody(state, { ...edge, family }));
    }
  }

  function family(edge: { readonly parent: number; readonly child: number }): {
    readonly parent: IssueRecord;
    readonly child: IssueRecord;
  } {
    return { parent: ground.find(edge.parent), child: ground.find(edge.child) };
  }

  function detach(actor: Actor, edge: { readonly parent: IssueRecord; readonly child: IssueRecord }): void {
    edge.parent.subIssues.splice(edge.parent.subIssues.indexOf(edge.child.number), 1);
    edge.child.parent = null;
    tellSubIssue(actor, edge, "removed");
  }

  return {
    addDependency(actor, wanted) {
      const edge = ends(wanted);
      ground.demand(actor, "triage");
      refuseDependency(edge);
      state.link(edge.blocked, edge.blocking);
      tellDependency(actor, edge, "added");
    },
    removeDependency(actor, wanted) {
      const edge = ends(wanted);
      ground.demand(actor, "triage");
      if (!edge.blocked.blockedBy.has(edge.blocking.number)) throw new ActRefusal(404, "Not Found");
      state.unlink(edge.blocked, edge.blocking);
      tellDependency(actor, edge, "removed");
    },
    addSubIssue(actor, wanted) {
      const edge = family(wanted);
      const { parent, child } = edge;
      ground.demand(actor, "triage");
      refuseSubIssue(edge, (number) => ground.find(number));
      if (child.parent !== null) {
        if (wanted.replaceParent !== true) {
          throw new ActRefusal(422, "Validation Failed: Sub issue may only have one parent", "custom");
        }
        detach(actor, { parent: ground.find(child.parent), child });
      }
      parent.subIssues.push(child.number);
      child.parent = parent.number;
      tellSubIssue(actor, edge, "added");
    },
    removeSubIssue(actor, wanted) {
      const edge = family(wanted);
      ground.demand(actor, "triage");
      if (edge.child.parent !== edge.parent.number) throw new ActRefusal(404, "Not Found");
      detach(actor, edge);
    },
    moveSubIssue(actor, wanted) {
      const { parent, child } = family(wanted);
      ground.demand(actor, "triage");
      if (child.parent !== parent.number) throw new ActRefusal(404, "Not Found");
      const rest = parent.subIssues.filter((number) => number !== child.number);
      const beside = wanted.after ?? wanted.before;
      if (beside !== undefined && !rest.includes(beside)) throw new ActRefusal(422, "Validation Failed", "invalid");
      const index = beside === undefined ? 0 : rest.indexOf(beside) + (wanted.after === undefined ? 0 : 1);
      parent.subIssues.splice(0, parent.subIssues.length, ...rest.toSpliced(index, 0, child.number));
    },
  };
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
