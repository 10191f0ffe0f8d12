/** Who asks: App JWTs, installation tokens, job tokens and user tokens of the embedded GitHub, and what each may do. */
import { createVerify } from "node:crypto";
import type { Chance } from "../ports/chance.ts";
import { ApiProblem } from "./api-reply.ts";
import type { PermissionName } from "./api-router.ts";
import type { UserRecord } from "./records.ts";
import { actionsApp } from "./repository-state.ts";
import type { RepositoryState } from "./repository-state.ts";
import type { WorldOptions } from "./world.ts";

export type Permissions = Readonly<Partial<Record<PermissionName, "read" | "write">>>;

export interface Credential {
  readonly kind: "app" | "installation" | "job" | "user";
  /** Who is written down as the author. An App itself acts as its bot. */
  readonly actor: UserRecord;
  /** App id, when what is written counts as done by an App. */
  readonly viaApp: number | null;
  /** Null: a person, who has the permissions of a collaborator. */
  readonly permissions: Permissions | null;
  /** Credentials of one bucket share the limits. */
  readonly bucket: string;
  /** Points an hour, for REST and for GraphQL. */
  readonly limit: number;
  /** How a message about the limit names it. */
  readonly name: string;
}

/** The permissions of the App as its manifest asks for them. */
export const appPermissions: Permissions = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  merge_queues: "read",
  metadata: "read",
  pull_requests: "write",
  statuses: "read",
};

/** Somebody without a token, on the few routes that take such people. */
export const anonymous: Credential = {
  kind: "user",
  actor: { id: 10_137, node: "MDQ6VXNlcjEwMTM3", login: "ghost", type: "User" },
  viaApp: null,
  permissions: {},
  bucket: "anonymous",
  limit: 60,
  name: "127.0.0.1",
};

const jobPermissions: Permissions = {
  actions: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
};

const tokenLife = 3_600_000;

interface Token {
  readonly credential: Credential;
  /** By the wall's clock; null: as long as the job. */
  readonly expiresAt: number | null;
}

export interface MintedToken {
  readonly token: string;
  readonly expires_at: string;
  readonly permissions: Permissions;
  readonly repository_selection: "selected";
}

export interface Credentials {
  /** Reads the `Authorization` header. Throws the 401 that GitHub answers. */
  read(header: string | null): Credential;
  /** An installation token; `wanted` narrows it. Throws a 422 where it asks for more than the App has. */
  mint(wanted: unknown): MintedToken;
  /** With what the job asks for, metadata always; a job that says nothing gets the usual. */
  jobToken(run: number, permissions?: Readonly<Record<string, string>>): string;
  /** From now on the App's key and all its tokens are refused. */
  revokeApp(): void;
}

interface Parts {
  readonly state: RepositoryState;
  readonly options: WorldOptions;
  readonly chance: Chance;
}

/**
 * The wall's clock, in this one place: Octokit signs JWTs and keeps tokens by it, even while the world's time is
 * virtual, so the life of a credential can be judged by no other.
 */
export function wallNow(): number {
  // oxlint-disable-next-line no-restricted-properties -- the reason is the comment above
  return Date.now();
}

function parseJson(base64: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // Whatever it is, it is no JWT; the caller says so.
    return null;
  }
}

function undecodable(): ApiProblem {
  return new ApiProblem(401, "A JSON web token could not be decoded");
}

function badCredentials(): ApiProblem {
  return new ApiProblem(401, "Bad credentials");
}

/** The claims of a JWT that the App's key signed. Throws what GitHub says of any other. */
function claimsOf(token: string, app: WorldOptions["app"]): Record<string, unknown> {
  const [head = "", body = "", signature = ""] = token.split(".");
  const claims = parseJson(body);
  if (parseJson(head)?.["alg"] !== "RS256" || claims === null) throw undecodable();
  const isSigned = createVerify("RSA-SHA256")
    .update(`${head}.${body}`)
    .verify(typeof app.publicKey === "string" ? app.publicKey : app.publicKey(), Buffer.from(signature, "base64url"));
  if (!isSigned || String(claims["iss"]) !== String(app.id)) throw undecodable();
  return claims;
}

function checkJwt(token: string, app: WorldOptions["app"]): void {
  const { exp, iat } = claimsOf(token, app);
  const now = wallNow() / 1_000;
  // Octokit sets its clock by this header when it is told that a claim is off.
  const headers = { date: new Date(wallNow()).toUTCString() };
  if (typeof exp !== "number" || exp <= now) {
    const message =
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
    throw new ApiProblem(401, message, { headers });
  }
  if (exp > now + 660) {
    throw new ApiProblem(401, "'Expiration time' claim ('exp') is too far in the future", { headers });
  }
  if (typeof iat !== "number" || iat > now + 60) {
    const message = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
    throw new ApiProblem(401, message, { headers });
  }
}

function narrowed(wanted: unknown): Permissions {
  const asked =
    typeof wanted === "object" && wanted !== null ? (wanted as { permissions?: unknown }).permissions : undefined;
  if (asked === undefined || asked === null) return appPermissions;
  if (typeof asked !== "object") throw new ApiProblem(422, "Invalid request.");
  const granted: Partial<Record<PermissionName, "read" | "write">> = { metadata: "read" };
  for (const [name, level] of Object.entries(asked)) {
    const has = appPermissions[name as PermissionName];
    if (has === undefined || (level !== "read" && level !== "write") || (has === "read" && level === "write")) {
      throw new ApiProblem(422, "The permissions requested are not granted to this installation.");
    }
    granted[name as PermissionName] = level;
  }
  return granted;
}

/** The App by its JWT. */
function appCredential(state: RepositoryState): Credential {
  return {
    kind: "app",
    actor: state.appUser,
    viaApp: state.app.id,
    permissions: {},
    bucket: "app",
    limit: 5_000,
    name: `app ID ${state.app.id}`,
  };
}

function installationCredential(state: RepositoryState, permissions: Permissions): Credential {
  const name = `installation ID ${state.installation?.id ?? 0}`;
  const { appUser: actor, app } = state;
  return { kind: "installation", actor, viaApp: app.id, permissions, bucket: name, limit: 5_000, name };
}

/** All jobs of a repository share one budget. */
function jobCredential(state: RepositoryState): Credential {
  const name = `repository ID ${state.repository.id}`;
  const { actionsUser: actor } = state;
  return { kind: "job", actor, viaApp: actionsApp.id, permissions: jobPermissions, bucket: name, limit: 1_000, name };
}

/** `permissions` of a job: `actions: write`, `pull-requests: read`, … */
function toJobPermissions(asked: Readonly<Record<string, string>>): Permissions {
  const entries = Object.entries(asked).filter(([, level]) => level === "read" || level === "write");
  return {
    metadata: "read",
    ...Object.fromEntries(entries.map(([name, level]) => [name.replaceAll("-", "_"), level])),
  };
}

function personCredential(state: RepositoryState, login: string): Credential {
  const actor = state.findUser(login);
  if (actor === undefined) throw badCredentials();
  const name = `user ID ${actor.id}`;
  return { kind: "user", actor, viaApp: null, permissions: null, bucket: name, limit: 5_000, name };
}

/** Makes the registry of credentials. Tokens come from the world's chance, so that a seed repeats them. */
export function createCredentials({ state, options, chance }: Parts): Credentials {
  const tokens = new Map<string, Token>();
  const app = appCredential(state);
  let isRevoked = false;

  function issue(token: string, entry: Token): string {
    tokens.set(token, entry);
    return token;
  }

  function find(token: string): Credential {
    const found = tokens.get(token);
    if (found !== undefined) {
      const isOver = found.expiresAt !== null && found.expiresAt <= wallNow();
      if (isOver || (isRevoked && found.credential.kind === "installation")) throw badCredentials();
      return found.credential;
    }
    if (token.startsWith("ghu_")) return personCredential(state, token.slice(4));
    if (!token.startsWith("ey") || token.split(".").length !== 3) throw badCredentials();
    if (isRevoked) throw undecodable();
    checkJwt(token, options.app);
    return app;
  }

  return {
    read(header) {
      if (header === null) throw new ApiProblem(401, "Requires authentication");
      const [scheme = "", token] = header.trim().split(/\s+/);
      if (token === undefined || !/^(?:bearer|token)$/i.test(scheme)) throw badCredentials();
      return find(token);
    },
    mint(wanted) {
      const permissions = narrowed(wanted);
      const expiresAt = wallNow() + tokenLife;
      const credential = installationCredential(state, permissions);
      const token = issue(`ghs_${chance.id()}${chance.id()}`, { credential, expiresAt });
      const expires = `${new Date(expiresAt).toISOString().slice(0, 19)}Z`;
      return { token, expires_at: expires, permissions, repository_selection: "selected" };
    },
    jobToken(run, asked) {
      const permissions = asked === undefined ? jobPermissions : toJobPermissions(asked);
      const credential = { ...jobCredential(state), permissions };
      return issue(`ghs_job${run}x${chance.id()}`, { credential, expiresAt: null });
    },
    revokeApp() {
      isRevoked = true;
    },
  };
}

const ranks = { none: 0, read: 1, triage: 2, write: 3, maintain: 4, admin: 5 } as const;

/** Whether a credential has one of the permissions at the level; people by their role as collaborators. */
export function isAllowed(
  credential: Credential,
  wanted: { readonly needs: readonly PermissionName[]; readonly level: "read" | "write" },
  state: RepositoryState,
): boolean {
  if (credential.permissions === null) {
    // The repository is public: anybody may read, comment and open issues; the routes judge the rest of a person's acts.
    const needed = wanted.level === "read" || wanted.needs.includes("issues") ? "none" : "write";
    return ranks[state.permission(credential.actor)] >= ranks[needed];
  }
  const { permissions } = credential;
  return wanted.needs.some(
    (name) => permissions[name] === "write" || (wanted.level === "read" && permissions[name] === "read"),
  );
}
