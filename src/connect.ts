/**
 * From credentials to an Octokit without a server around it, for whatever runs once and ends: jobs, the Action, the doctor. Pace and
 * repetition are the program's own, so there is no throttle and no retry in it.
 */
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import type { Fetch } from "./ports/fetch.ts";
import type { RepositoryOctokit, RepositoryPlace } from "./wire.ts";

export type Credentials =
  | { readonly kind: "token"; readonly token: string }
  /** A GitHub App that is installed on the repository; its tokens last an hour and are renewed as they end. */
  | { readonly kind: "app"; readonly appId: string; readonly privateKey: string };

export interface Connection {
  readonly credentials: Credentials;
  /** Base of the REST API, `https://api.github.com` or `https://host/api/v3`. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
}

/** The credentials do not lead to the repository: to try again does not help. */
export class CredentialsRefused extends Error {
  override readonly name = "CredentialsRefused";
  readonly status: number;

  constructor(message: string, options: { readonly cause: unknown; readonly status: number }) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** An Octokit for the repository `owner/name`. Rejects when the App is not installed there, or its key is not right. */
export async function connect(connection: Connection, repository: string): Promise<RepositoryOctokit> {
  const { credentials, baseUrl, fetch } = connection;
  const common = { baseUrl, request: { fetch }, log: quiet };
  if (credentials.kind === "token") return shape(new Octokit({ ...common, auth: credentials.token }));
  const { appId, privateKey } = credentials;
  const { id } = await findInstallation(connection, repository);
  return shape(
    new Octokit({ ...common, authStrategy: createAppAuth, auth: { appId, privateKey, installationId: id } }),
  );
}

export interface Installation {
  readonly id: number;
  /** `read` or `write`, by GitHub's names. */
  readonly permissions: Readonly<Record<string, string | undefined>>;
}

/** The App on the repository `owner/name`. Rejects with `CredentialsRefused` when it is not installed there, or its key is not right. */
export async function findInstallation(connection: Connection, repository: string): Promise<Installation> {
  const { credentials, baseUrl, fetch } = connection;
  if (credentials.kind !== "app") throw new Error("Only a GitHub App has installations.");
  const { appId, privateKey } = credentials;
  const [owner = "", repo = ""] = repository.split("/");
  const common = { baseUrl, request: { fetch }, log: quiet };
  try {
    const app = new Octokit({ ...common, authStrategy: createAppAuth, auth: { appId, privateKey } });
    const { data } = await app.request("GET /repos/{owner}/{repo}/installation", { owner, repo });
    return { id: data.id, permissions: { ...data.permissions } };
  } catch (error) {
    throw explainRefusal(error, appId, repository);
  }
}

function explainRefusal(error: unknown, appId: string, repository: string): unknown {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : null;
  if (status === 404) {
    const message = `The App ${appId} is not installed on ${repository}: install it there, or leave out app-id and private-key.`;
    return new CredentialsRefused(message, { cause: error, status });
  }
  if (status === 401) {
    const message = `GitHub does not accept the key of the App ${appId}: use the whole PEM file that belongs to this App ID.`;
    return new CredentialsRefused(message, { cause: error, status });
  }
  return error;
}

/** Octokit's own types name each route of GitHub's; ours take any. */
function shape(octokit: Octokit): RepositoryOctokit {
  return octokit as unknown as RepositoryOctokit;
}

/** Asks GitHub for what names the repository. One request. */
export async function findPlace(octokit: RepositoryOctokit, repository: string): Promise<RepositoryPlace> {
  const [owner = "", name = ""] = repository.split("/");
  const answer = await octokit.request("GET /repos/{owner}/{repo}", { owner, repo: name });
  const found = answer.data as { readonly id: number; readonly default_branch: string };
  return { owner, name, id: found.id, defaultBranch: found.default_branch };
}
