/** REST routes of comments, reactions and labels. */
import { issueOf, namesOf, neededText, numberParam, param, textOf } from "./api-call.ts";
import type { ApiCall } from "./api-call.ts";
import { created, invalidField, noContent, notFound, ok, pageReply } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Method, Route } from "./api-router.ts";
import type { CommentRecord, ReactionRecord } from "./records.ts";
import { commentJson, labelJson, reactionJson } from "./rest-json.ts";

const either = ["issues", "pull_requests"] as const;
const base = "/repos/:owner/:repo";

function read(path: string, handle: Route["handle"]): Route {
  return { method: "GET", path: base + path, auth: "token", needs: either, handle };
}

function write(method: Exclude<Method, "GET">, path: string, handle: Route["handle"]): Route {
  return { method, path: base + path, auth: "token", needs: either, level: "write", handle };
}

function commentOf(call: ApiCall): CommentRecord {
  const comment = call.state.comments.get(numberParam(call, "comment"));
  if (comment === undefined) throw notFound();
  return comment;
}

function since(call: ApiCall, comments: readonly CommentRecord[]): readonly CommentRecord[] {
  const text = call.url.searchParams.get("since");
  if (text === null) return comments;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalidField("IssueComment", "since");
  return comments.filter((comment) => comment.updatedAt >= at);
}

function listComments(call: ApiCall): Reply {
  const { state, url } = call;
  const found = since(call, [...state.comments.values()]);
  const isByUpdate = url.searchParams.get("sort") === "updated";
  const up = isByUpdate ? found.toSorted((a, b) => a.updatedAt - b.updatedAt || a.id - b.id) : found;
  // Without `sort` the direction is ignored, as GitHub does.
  const isDown = url.searchParams.get("direction") === "desc" && url.searchParams.has("sort");
  return pageReply(isDown ? up.toReversed() : up, url, (comment) => commentJson(state, comment));
}

function createComment(call: ApiCall): Reply {
  const comment = call.acts.comment(call.actor, issueOf(call).number, neededText(call, "body", "IssueComment"));
  return created(commentJson(call.state, comment));
}

type Subject = { readonly issue: number } | { readonly comment: number };

function react(call: ApiCall, to: Subject): Reply {
  const { reaction, isNew } = call.acts.react(call.actor, to, neededText(call, "content", "Reaction"));
  const body = reactionJson(call.state, reaction);
  return isNew ? created(body) : ok(body);
}

function listReactions(call: ApiCall, reactions: readonly ReactionRecord[]): Reply {
  const content = call.url.searchParams.get("content");
  const found = reactions.filter((reaction) => content === null || reaction.content === content);
  return pageReply(found, call.url, (reaction) => reactionJson(call.state, reaction));
}

function unreact(call: ApiCall, to: Subject): Reply {
  call.acts.unreact(call.actor, to, numberParam(call, "reaction"));
  return noContent();
}

function labelsReply(call: ApiCall): Reply {
  return ok(call.state.labelsOf(issueOf(call)).map((label) => labelJson(call.state, label)));
}

/** `{labels: [...]}`, or the bare list that older clients send. */
function wantedLabels(call: ApiCall): readonly string[] {
  const names = namesOf(call, "labels", "Label");
  if (names === undefined) throw invalidField("Label", "labels", "missing_field");
  return names;
}

function createLabel(call: ApiCall): Reply {
  const color = textOf(call, "color", "Label");
  const label = call.acts.createLabel(call.actor, {
    name: neededText(call, "name", "Label"),
    description: textOf(call, "description", "Label") ?? "",
    ...(color === undefined ? {} : { color }),
  });
  return created(labelJson(call.state, label));
}

function updateLabel(call: ApiCall): Reply {
  const change = {
    name: textOf(call, "new_name", "Label"),
    color: textOf(call, "color", "Label"),
    description: textOf(call, "description", "Label"),
  };
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return ok(labelJson(call.state, call.acts.updateLabel(call.actor, param(call, "name"), given)));
}

const commentRoutes: readonly Route[] = [
  read("/issues/comments", listComments),
  read("/issues/comments/:comment", (call) => ok(commentJson(call.state, commentOf(call)))),
  write("PATCH", "/issues/comments/:comment", (call) => {
    const comment = call.acts.editComment(call.actor, commentOf(call).id, neededText(call, "body", "IssueComment"));
    return ok(commentJson(call.state, comment));
  }),
  write("DELETE", "/issues/comments/:comment", (call) => {
    call.acts.deleteComment(call.actor, commentOf(call).id);
    return noContent();
  }),
  read("/issues/:number/comments", (call) =>
    pageReply(since(call, issueOf(call).comments), call.url, (comment) => commentJson(call.state, comment)),
  ),
  { ...write("POST", "/issues/:number/comments", createComment), isContent: true },
];

const reactionRoutes: readonly Route[] = [
  read("/issues/comments/:comment/reactions", (call) => listReactions(call, commentOf(call).reactions)),
  write("POST", "/issues/comments/:comment/reactions", (call) => react(call, { comment: commentOf(call).id })),
  write("DELETE", "/issues/comments/:comment/reactions/:reaction", (call) =>
    unreact(call, { comment: commentOf(call).id }),
  ),
  read("/issues/:number/reactions", (call) => listReactions(call, issueOf(call).reactions)),
  write("POST", "/issues/:number/reactions", (call) => react(call, { issue: issueOf(call).number })),
  write("DELETE", "/issues/:number/reactions/:reaction", (call) => unreact(call, { issue: issueOf(call).number })),
];

const labelRoutes: readonly Route[] = [
  read("/labels", (call) =>
    pageReply([...call.state.labels.values()], call.url, (label) => labelJson(call.state, label)),
  ),
  read("/labels/:name", (call) => {
    const wanted = param(call, "name").toLowerCase();
    const label = [...call.state.labels.values()].find(({ name }) => name.toLowerCase() === wanted);
    if (label === undefined) throw notFound();
    return ok(labelJson(call.state, label));
  }),
  write("POST", "/labels", createLabel),
  read("/labels/:name", (call) => {
    const label = call.state.findLabel(param(call, "name"));
    if (label === undefined) throw notFound();
    return ok(labelJson(call.state, label));
  }),
  write("PATCH", "/labels/:name", updateLabel),
  write("DELETE", "/labels/:name", (call) => {
    call.acts.deleteLabel(call.actor, param(call, "name"));
    return noContent();
  }),
  read("/issues/:number/labels", (call) =>
    pageReply(call.state.labelsOf(issueOf(call)), call.url, (label) => labelJson(call.state, label)),
  ),
  write("POST", "/issues/:number/labels", (call) => {
    call.acts.addLabels(call.actor, issueOf(call).number, wantedLabels(call));
    return labelsReply(call);
  }),
  write("PUT", "/issues/:number/labels", (call) => {
    call.acts.setLabels(call.actor, issueOf(call).number, wantedLabels(call));
    return labelsReply(call);
  }),
  write("DELETE", "/issues/:number/labels", (call) => {
    call.acts.setLabels(call.actor, issueOf(call).number, []);
    return noContent();
  }),
  write("DELETE", "/issues/:number/labels/:name", (call) => {
    call.acts.removeLabel(call.actor, issueOf(call).number, param(call, "name"));
    return labelsReply(call);
  }),
];

export const talkRoutes: readonly Route[] = [...commentRoutes, ...reactionRoutes, ...labelRoutes];
