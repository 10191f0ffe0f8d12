/** REST routes of issues and of the issue-events feed. */
import { issueOf, namesOf, neededText, numberParam, param, textOf, wordOf } from "./api-call.ts";
import type { ApiCall } from "./api-call.ts";
import { ApiProblem, created, invalidField, noContent, notFound, ok, page, pageReply } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Route } from "./api-router.ts";
import type { IssueRecord } from "./records.ts";
import { issueEventJson, issueJson, milestoneJson } from "./rest-json.ts";
import type { RepositoryState } from "./repository-state.ts";

const either = ["issues", "pull_requests"] as const;

function sinceOf(url: URL): number {
  const text = url.searchParams.get("since");
  if (text === null) return 0;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalidField("Issue", "since");
  return at;
}

function wantedLabels(url: URL, state: RepositoryState): readonly number[] {
  const names = (url.searchParams.get("labels") ?? "").split(",").filter((name) => name.trim() !== "");
  return names.map((name) => state.findLabel(name.trim())?.id ?? -1);
}

function hasPerson(wanted: string | null, logins: readonly string[]): boolean {
  if (wanted === null || wanted === "*") return wanted === null || logins.length > 0;
  if (wanted === "none") return logins.length === 0;
  return logins.some((login) => login.toLowerCase() === wanted.toLowerCase());
}

function listIssues({ url, state }: ApiCall): Reply {
  const query = url.searchParams;
  const status = query.get("state") ?? "open";
  if (!["open", "closed", "all"].includes(status)) throw invalidField("Issue", "state");
  const since = sinceOf(url);
  const labels = wantedLabels(url, state);
  const milestone = query.get("milestone");
  const creator = query.get("creator");
  const assignee = query.get("assignee");
  const found = [...state.issues.values()].filter(
    (issue) =>
      (status === "all" || issue.state === status) &&
      // Times are whole seconds outside, so the second of `since` is in.
      issue.updatedAt >= since &&
      labels.every((label) => issue.labels.has(label)) &&
      (milestone === null ||
        (milestone === "none" ? issue.milestone === null : String(issue.milestone) === milestone)) &&
      hasPerson(creator, [issue.author.login]) &&
      hasPerson(
        assignee,
        [...issue.assignees].map((id) => state.users.get(id)?.login ?? ""),
      ),
  );
  return pageReply(sorted(found, query), url, (issue) => issueJson(state, issue));
}

function sorted(issues: readonly IssueRecord[], query: URLSearchParams): readonly IssueRecord[] {
  const keys: Readonly<Record<string, (issue: IssueRecord) => number>> = {
    updated: (issue) => issue.updatedAt,
    comments: (issue) => issue.comments.length,
  };
  const key = keys[query.get("sort") ?? "created"];
  // They are kept in the order of opening.
  const up = key === undefined ? issues : issues.toSorted((a, b) => key(a) - key(b) || a.number - b.number);
  return query.get("direction") === "asc" ? up : up.toReversed();
}

function createIssue(call: ApiCall): Reply {
  const { acts, actor, body, state } = call;
  const labels = namesOf(call, "labels");
  const assignees = namesOf(call, "assignees");
  const { milestone } = body;
  const issue = acts.openIssue(actor, {
    title: neededText(call, "title"),
    body: textOf(call, "body") ?? "",
    ...(labels === undefined ? {} : { labels }),
    ...(assignees === undefined ? {} : { assignees }),
    ...(typeof milestone === "number" ? { milestone } : {}),
  });
  const location = `${state.apiUrl}/repos/${state.repository.fullName}/issues/${issue.number}`;
  return { ...created(issueJson(state, issue)), headers: { location } };
}

function changeState(call: ApiCall, issue: IssueRecord): void {
  const { acts, actor } = call;
  const reason = wordOf(call, "state_reason", ["completed", "not_planned", "duplicate", "reopened"]);
  const to = wordOf(call, "state", ["open", "closed"]);
  if (to === "open" && issue.state === "closed") acts.reopenIssue(actor, issue.number);
  if (to === "closed") acts.closeIssue(actor, issue.number, reason === "reopened" ? undefined : reason);
}

function updateIssue(call: ApiCall): Reply {
  const { acts, actor, body, state } = call;
  const issue = issueOf(call);
  const title = textOf(call, "title");
  const text = body["body"] === null ? "" : textOf(call, "body");
  const { milestone } = body;
  const change = {
    ...(title === undefined ? {} : { title }),
    ...(text === undefined ? {} : { body: text }),
    ...(typeof milestone === "number" || milestone === null ? { milestone } : {}),
  };
  if (Object.keys(change).length > 0) acts.editIssue(actor, issue.number, change);
  const labels = namesOf(call, "labels");
  if (labels !== undefined) acts.setLabels(actor, issue.number, labels);
  const assignees = namesOf(call, "assignees");
  if (assignees !== undefined) {
    const now = [...issue.assignees].map((id) => state.users.get(id)?.login ?? "");
    acts.assign(actor, issue.number, { add: assignees, remove: now.filter((login) => !assignees.includes(login)) });
  }
  changeState(call, issue);
  return ok(issueJson(state, issue));
}

function assign(call: ApiCall, side: "add" | "remove"): IssueRecord {
  const issue = issueOf(call);
  return call.acts.assign(call.actor, issue.number, { [side]: namesOf(call, "assignees") ?? [] });
}

function listEvents({ url, state }: ApiCall): Reply {
  // Newest first; a deleted issue's events are gone with it.
  const events = state.issueEvents.filter((event) => state.issues.has(event.issue)).toReversed();
  const { items, link } = page(events, url);
  // An event never changes, but its issue does; many events of a page are of one issue.
  const issues = [...new Set(items.map((event) => event.issue))].flatMap((number) => state.issues.get(number) ?? []);
  return {
    status: 200,
    body: () => items.map((event) => issueEventJson(state, event, { withIssue: true })),
    basis: JSON.stringify([items.map((event) => event.id), issues.map((issue) => issueJson(state, issue))]),
    ...(link === "" ? {} : { headers: { link } }),
  };
}

function timeline(call: ApiCall): Reply {
  const { state, services, url } = call;
  const issue = issueOf(call);
  const items = [
    ...services
      .eventsOf(issue.number)
      .map((event) => ({ at: event.createdAt, json: () => issueEventJson(state, event) })),
    ...issue.comments.map((comment) => ({
      at: comment.createdAt,
      json: () => ({ event: "commented", id: comment.id, node_id: comment.node, body: comment.body }),
    })),
  ].toSorted((a, b) => a.at - b.at);
  return pageReply(items, url, (item) => item.json());
}

function createMilestone(call: ApiCall): Reply {
  const due = textOf(call, "due_on", "Milestone");
  const milestone = call.acts.createMilestone(call.actor, {
    title: neededText(call, "title", "Milestone"),
    description: textOf(call, "description", "Milestone") ?? "",
    dueOn: due === undefined ? null : Date.parse(due),
  });
  return created(milestoneJson(call.state, milestone));
}

function listMilestones({ state, url }: ApiCall): Reply {
  const status = url.searchParams.get("state") ?? "open";
  const found = [...state.milestones.values()].filter((milestone) => status === "all" || milestone.state === status);
  return pageReply(found, url, (milestone) => milestoneJson(state, milestone));
}

const base = "/repos/:owner/:repo";

export const issueRoutes: readonly Route[] = [
  { method: "GET", path: `${base}/issues`, auth: "token", needs: either, handle: listIssues },
  {
    method: "POST",
    path: `${base}/issues`,
    auth: "token",
    needs: ["issues"],
    level: "write",
    isContent: true,
    handle: createIssue,
  },
  {
    method: "GET",
    path: `${base}/issues/:number`,
    auth: "token",
    needs: either,
    handle: (call) => ok(issueJson(call.state, issueOf(call))),
  },
  {
    method: "PATCH",
    path: `${base}/issues/:number`,
    auth: "token",
    needs: either,
    level: "write",
    handle: updateIssue,
  },
  {
    method: "POST",
    path: `${base}/issues/:number/assignees`,
    auth: "token",
    needs: either,
    level: "write",
    handle: (call) => created(issueJson(call.state, assign(call, "add"))),
  },
  {
    method: "DELETE",
    path: `${base}/issues/:number/assignees`,
    auth: "token",
    needs: either,
    level: "write",
    handle: (call) => ok(issueJson(call.state, assign(call, "remove"))),
  },
  {
    method: "PUT",
    path: `${base}/issues/:number/lock`,
    auth: "token",
    needs: either,
    level: "write",
    handle: (call) => {
      call.acts.lock(call.actor, issueOf(call).number, true);
      return noContent();
    },
  },
  {
    method: "DELETE",
    path: `${base}/issues/:number/lock`,
    auth: "token",
    needs: either,
    level: "write",
    handle: (call) => {
      call.acts.lock(call.actor, issueOf(call).number, false);
      return noContent();
    },
  },
  { method: "GET", path: `${base}/issues/events`, auth: "token", needs: either, handle: listEvents },
  {
    method: "GET",
    path: `${base}/issues/events/:event`,
    auth: "token",
    needs: either,
    handle: (call) => {
      const event = call.state.issueEvents.find((one) => one.id === numberParam(call, "event"));
      if (event === undefined) throw notFound();
      return ok(issueEventJson(call.state, event, { withIssue: true }));
    },
  },
  {
    method: "GET",
    path: `${base}/issues/:number/events`,
    auth: "token",
    needs: either,
    handle: (call) =>
      pageReply(call.services.eventsOf(issueOf(call).number), call.url, (event) => issueEventJson(call.state, event)),
  },
  { method: "GET", path: `${base}/issues/:number/timeline`, auth: "token", needs: either, handle: timeline },
  { method: "GET", path: `${base}/milestones`, auth: "token", needs: either, handle: listMilestones },
  { method: "POST", path: `${base}/milestones`, auth: "token", needs: either, level: "write", handle: createMilestone },
  {
    method: "GET",
    path: `${base}/milestones/:milestone`,
    auth: "token",
    needs: either,
    handle: (call) => {
      const milestone = call.state.milestones.get(numberParam(call, "milestone"));
      if (milestone === undefined) throw new ApiProblem(404, `Not Found`);
      return ok(milestoneJson(call.state, milestone));
    },
  },
  {
    method: "GET",
    path: `${base}/assignees/:user`,
    auth: "token",
    needs: either,
    handle: (call) => {
      const user = call.state.findUser(param(call, "user"));
      if (user === undefined || call.state.permission(user) === "none") throw notFound();
      return noContent();
    },
  },
];
