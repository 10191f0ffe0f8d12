/** REST routes of issue dependencies and sub-issues. Paths name issues by number, bodies by database id. */
import { neededNumber, numberParam, plainIssueOf } from "./api-call.ts";
import type { ApiCall } from "./api-call.ts";
import { created, notFound, ok, pageReply } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Method, Route } from "./api-router.ts";
import type { IssueRecord } from "./records.ts";
import { issueJson } from "./rest-json.ts";

const issue = "/repos/:owner/:repo/issues/:number";

function route(method: Method, path: string, handle: Route["handle"]): Route {
  const level = method === "GET" ? "read" : "write";
  return { method, path: issue + path, auth: "token", needs: ["issues"], level, handle };
}

function byId(call: ApiCall, id: number): IssueRecord {
  const found = call.state.issueById(id);
  if (found === undefined) throw notFound();
  return found;
}

function list(call: ApiCall, issues: readonly IssueRecord[]): Reply {
  return pageReply(issues, call.url, (one) => issueJson(call.state, one, { withRepository: true }));
}

function move(call: ApiCall): Reply {
  const parent = plainIssueOf(call);
  const child = byId(call, neededNumber(call, "sub_issue_id"));
  const { after_id: after, before_id: before } = call.body;
  call.acts.moveSubIssue(call.actor, {
    parent: parent.number,
    child: child.number,
    ...(typeof after === "number" ? { after: byId(call, after).number } : {}),
    ...(typeof before === "number" ? { before: byId(call, before).number } : {}),
  });
  return ok(issueJson(call.state, parent));
}

export const relationRoutes: readonly Route[] = [
  route("GET", "/dependencies/blocked_by", (call) => list(call, call.state.blockersOf(plainIssueOf(call)))),
  route("POST", "/dependencies/blocked_by", (call) => {
    const blocked = plainIssueOf(call);
    const blocking = byId(call, neededNumber(call, "issue_id"));
    call.acts.addDependency(call.actor, { blocked: blocked.number, blocking: blocking.number });
    return created(issueJson(call.state, blocked));
  }),
  route("DELETE", "/dependencies/blocked_by/:blocker", (call) => {
    const blocked = plainIssueOf(call);
    const blocking = byId(call, numberParam(call, "blocker"));
    call.acts.removeDependency(call.actor, { blocked: blocked.number, blocking: blocking.number });
    return ok(issueJson(call.state, blocked));
  }),
  route("GET", "/dependencies/blocking", (call) => list(call, call.state.blockedOf(plainIssueOf(call)))),
  route("GET", "/parent", (call) => {
    const { parent } = plainIssueOf(call);
    const found = parent === null ? undefined : call.state.issues.get(parent);
    if (found === undefined) throw notFound();
    return ok(issueJson(call.state, found));
  }),
  route("GET", "/sub_issues", (call) => list(call, call.state.subIssuesOf(plainIssueOf(call)))),
  route("POST", "/sub_issues", (call) => {
    const parent = plainIssueOf(call);
    const child = byId(call, neededNumber(call, "sub_issue_id"));
    const replaceParent = call.body["replace_parent"] === true;
    call.acts.addSubIssue(call.actor, { parent: parent.number, child: child.number, replaceParent });
    return created(issueJson(call.state, parent));
  }),
  // Singular, unlike the list.
  route("DELETE", "/sub_issue", (call) => {
    const parent = plainIssueOf(call);
    const child = byId(call, neededNumber(call, "sub_issue_id"));
    call.acts.removeSubIssue(call.actor, { parent: parent.number, child: child.number });
    return ok(issueJson(call.state, parent));
  }),
  route("PATCH", "/sub_issues/priority", move),
];
