/** Finds the route of a request: a tree of path segments, built once. What a route may need is said beside it. */
import type { ApiCall } from "./api-call.ts";
import type { Reply } from "./api-reply.ts";

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export type PermissionName =
  | "actions"
  | "checks"
  | "contents"
  | "issues"
  | "metadata"
  | "pull_requests"
  | "statuses"
  | "merge_queues"
  | "secrets";

export interface Route {
  readonly method: Method;
  /** `/repos/:owner/:repo/issues/:number`; a last `*name` takes the rest, slashes included. */
  readonly path: string;
  /** Who may come: an App with its JWT, or a token with one of `needs` at the level. */
  readonly auth: "app" | "token" | "anyone";
  /** Any of these suffices, as with comments on issues and pull requests. */
  readonly needs?: readonly PermissionName[];
  readonly level?: "read" | "write";
  /** Counts against the limits of content creation. */
  readonly isContent?: boolean;
  /** Git data that may turn out to belong to the state branch. */
  readonly isGitData?: boolean;
  /** Costs nothing and is in no count: asking for the limits, and getting a token. */
  readonly isFree?: boolean;
  readonly handle: (call: ApiCall) => Reply | Promise<Reply>;
}

interface Node {
  readonly fixed: Map<string, Node>;
  variable: { readonly name: string; readonly node: Node } | null;
  readonly rest: Map<Method, { readonly name: string; readonly route: Route }>;
  readonly routes: Map<Method, Route>;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export type Router = (method: string, path: string) => Match | null;

function emptyNode(): Node {
  return { fixed: new Map(), variable: null, rest: new Map(), routes: new Map() };
}

function insert(root: Node, route: Route): void {
  let node = root;
  for (const segment of route.path.split("/").slice(1)) {
    if (segment.startsWith("*")) {
      node.rest.set(route.method, { name: segment.slice(1), route });
      return;
    }
    if (segment.startsWith(":")) {
      node.variable ??= { name: segment.slice(1), node: emptyNode() };
      node = node.variable.node;
      continue;
    }
    const next = node.fixed.get(segment) ?? emptyNode();
    node.fixed.set(segment, next);
    node = next;
  }
  node.routes.set(route.method, route);
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A broken escape names nothing.
    return null;
  }
}

function find(node: Node, segments: readonly string[], method: Method): Match | null {
  const [segment, ...others] = segments;
  if (segment === undefined) {
    const route = node.routes.get(method);
    return route === undefined ? restOf(node, segments, method) : { route, params: {} };
  }
  const fixed = node.fixed.get(segment);
  const match = fixed === undefined ? null : find(fixed, others, method);
  if (match !== null) return match;
  if (node.variable !== null) {
    const inner = find(node.variable.node, others, method);
    const value = decode(segment);
    if (inner !== null && value !== null) {
      return { route: inner.route, params: { ...inner.params, [node.variable.name]: value } };
    }
  }
  return restOf(node, segments, method);
}

function restOf(node: Node, segments: readonly string[], method: Method): Match | null {
  const rest = node.rest.get(method);
  const value = rest === undefined ? null : decode(segments.join("/"));
  return rest === undefined || value === null ? null : { route: rest.route, params: { [rest.name]: value } };
}

/** Takes all routes, gives back the look-up. Fixed segments win over variables, variables over the rest. */
export function createRouter(routes: readonly Route[]): Router {
  const root = emptyNode();
  for (const route of routes) insert(root, route);
  return (method, path) => {
    const wanted = method === "HEAD" ? "GET" : method;
    return find(root, path.split("/").slice(1), wanted as Method);
  };
}
