/** REST routes of the App itself (with its JWT), of the repository, and of the API. */
import { numberParam, param } from "./api-call.ts";
import type { ApiCall, SentDelivery } from "./api-call.ts";
import { ApiProblem, countedPage, created, notFound, ok, pageReply } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Route } from "./api-router.ts";
import { appPermissions } from "./api-credentials.ts";
import type { UserRecord } from "./records.ts";
import { installationJson } from "./rest-json-code.ts";
import { appJson, repositoryJson, userJson } from "./rest-json.ts";

const base = "/repos/:owner/:repo";

function demandInstallation(call: ApiCall): void {
  const { installation } = call.state;
  const wanted = call.params["installation"];
  if (installation === null || (wanted !== undefined && wanted !== String(installation.id))) throw notFound();
}

function installation(call: ApiCall): unknown {
  demandInstallation(call);
  return { ...installationJson(call.state), permissions: appPermissions };
}

function deliveryJson({ id, delivery, isRepeat }: SentDelivery): Record<string, unknown> {
  const payload: unknown = JSON.parse(delivery.body);
  const action = typeof payload === "object" && payload !== null && "action" in payload ? payload.action : null;
  return {
    id,
    guid: delivery.id,
    delivered_at: new Date(delivery.at).toISOString(),
    redelivery: isRepeat,
    duration: 0.1,
    status: "OK",
    status_code: 200,
    event: delivery.event,
    action,
    installation_id: null,
    repository_id: null,
    throttled_at: null,
  };
}

function deliveryOf(call: ApiCall): SentDelivery {
  const wanted = numberParam(call, "delivery");
  const found = call.services.deliveries.find((sent) => sent.id === wanted);
  if (found === undefined) throw notFound();
  return found;
}

const levels = {
  none: "none",
  read: "read",
  triage: "read",
  write: "write",
  maintain: "write",
  admin: "admin",
} as const;

function permissionOf(call: ApiCall): Reply {
  const { state } = call;
  const user: UserRecord | undefined = state.findUser(param(call, "user"));
  if (user === undefined) throw notFound();
  // Strangers may read what is public, and that is what GitHub says of them.
  const held = state.permission(user);
  const role = held === "none" ? "read" : held;
  const permissions = {
    admin: role === "admin",
    maintain: role === "admin" || role === "maintain",
    push: levels[role] === "write" || role === "admin",
    triage: role !== "read",
    pull: true,
  };
  return ok({
    permission: levels[role],
    role_name: role,
    user: { ...userJson(state, user), permissions, role_name: role },
  });
}

/** Only a person has an account of their own to ask for: the tokens of an App and of a job have none. */
function whoAsks({ state, credential }: ApiCall): Reply {
  if (credential.kind !== "user") throw new ApiProblem(403, "Resource not accessible by integration");
  return ok(userJson(state, credential.actor));
}

const appRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/app",
    auth: "app",
    handle: ({ state }) =>
      ok({
        ...appJson(state, state.app),
        permissions: appPermissions,
        installations_count: state.installation === null ? 0 : 1,
      }),
  },
  {
    method: "GET",
    path: "/app/installations",
    auth: "app",
    handle: (call) => pageReply(call.state.installation === null ? [] : [0], call.url, () => installation(call)),
  },
  { method: "GET", path: "/app/installations/:installation", auth: "app", handle: (call) => ok(installation(call)) },
  {
    method: "POST",
    path: "/app/installations/:installation/access_tokens",
    auth: "app",
    isFree: true,
    handle: (call) => {
      demandInstallation(call);
      return created(call.services.mint(call.body));
    },
  },
  { method: "GET", path: `${base}/installation`, auth: "app", handle: (call) => ok(installation(call)) },
  { method: "GET", path: "/users/:user/installation", auth: "app", handle: (call) => ok(installation(call)) },
  { method: "GET", path: "/orgs/:org/installation", auth: "app", handle: (call) => ok(installation(call)) },
  {
    method: "GET",
    path: "/app/hook/deliveries",
    auth: "app",
    handle: (call) => pageReply(call.services.deliveries.toReversed(), call.url, deliveryJson),
  },
  {
    method: "GET",
    path: "/app/hook/deliveries/:delivery",
    auth: "app",
    handle: (call) => {
      const sent = deliveryOf(call);
      const { delivery } = sent;
      const request = { headers: delivery.headers, payload: JSON.parse(delivery.body) as unknown };
      return ok({ ...deliveryJson(sent), url: "", request, response: { headers: {}, payload: "" } });
    },
  },
  {
    method: "POST",
    path: "/app/hook/deliveries/:delivery/attempts",
    auth: "app",
    handle: (call) => {
      call.services.redeliver(deliveryOf(call).delivery);
      return { status: 202, body: {} };
    },
  },
];

const repositoryRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/installation/repositories",
    auth: "token",
    needs: ["metadata"],
    handle: (call) => {
      const shape = { name: "repositories", render: () => repositoryJson(call.state) };
      const { body, ...rest } = countedPage([0], call.url, shape);
      return { ...rest, body: { ...(body as object), repository_selection: "selected" } };
    },
  },
  {
    method: "GET",
    path: base,
    auth: "token",
    needs: ["metadata"],
    handle: ({ state }) => ok({ ...repositoryJson(state), allow_auto_merge: true, delete_branch_on_merge: false }),
  },
  {
    method: "GET",
    path: `${base}/collaborators/:user/permission`,
    auth: "token",
    needs: ["metadata"],
    handle: permissionOf,
  },
  {
    method: "GET",
    path: `${base}/hash-algorithm`,
    auth: "token",
    needs: ["metadata"],
    handle: () => ok({ hash_algorithm: "sha1" }),
  },
  { method: "GET", path: "/user", auth: "token", needs: ["metadata"], handle: whoAsks },
  {
    method: "GET",
    path: "/users/:user",
    auth: "token",
    needs: ["metadata"],
    handle: (call) => {
      const user = call.state.findUser(param(call, "user"));
      if (user === undefined) throw notFound();
      return ok(userJson(call.state, user));
    },
  },
];

const metaRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/meta",
    auth: "anyone",
    handle: () => ok({ verifiable_password_authentication: false, installed_version: "3.20.0" }),
  },
  {
    method: "GET",
    path: "/",
    auth: "anyone",
    handle: ({ state }) =>
      ok({ current_user_url: `${state.apiUrl}/user`, rate_limit_url: `${state.apiUrl}/rate_limit` }),
  },
  {
    method: "GET",
    path: "/rate_limit",
    auth: "anyone",
    isFree: true,
    handle: ({ credential, services }) => {
      const core = services.budget(credential, "core");
      return ok({ resources: { core, graphql: services.budget(credential, "graphql") }, rate: core });
    },
  },
];

export const worldRoutes: readonly Route[] = [...appRoutes, ...repositoryRoutes, ...metaRoutes];
