/** Who changes something from a terminal, and whether they may: a token's person needs write permission, as on an issue. */
import { z } from "zod";
import { CommandFailed } from "./failure.ts";
import type { Target } from "./reach.ts";
import { GithubFault } from "../github/classify-error.ts";
import { createGithubClient, type GithubClient } from "../github/client.ts";
import { createPermissions } from "../github/permissions.ts";
import { permits, type Actor, type Permission } from "../model/actor.ts";

const User = z.object({ login: z.string(), id: z.number() });
type User = z.output<typeof User>;

/** No login has a colon. Whoever has the App's key may do what the App may. */
const operator: Actor = { login: "cli:app", id: 0, kind: "bot", permission: "admin" };

/** Whose name goes into the log. Rejects with a sentence for somebody who may not; `what` is what they want, as "switch the mode of". */
export async function demandWriter(target: Target, what: string): Promise<Actor> {
  if (target.connection.credentials.kind === "app") return operator;
  const writer = await findWriter(target, what);
  if (writer !== null) return writer;
  throw new CommandFailed(
    "This token belongs to no person whose permission could be checked: set GITHUB_TOKEN to a personal token, or APP_ID and PRIVATE_KEY of the GitHub App.",
  );
}

/** The person whose token it is. Null: it is no person's, and GitHub itself judges what it may. Rejects with a sentence for a person who may not. */
export async function findWriter(target: Target, what: string): Promise<Actor | null> {
  const { connection, octokit, surroundings, repository } = target;
  if (connection.credentials.kind === "app") return null;
  const { clock } = surroundings;
  const client = createGithubClient({ octokit, clock, journal: surroundings.journalFor({}) });
  const user = await findUser(client);
  if (user === null) return null;
  const permission = await permissionOf(user, client, target);
  if (permission !== null && permits(permission, "write")) return { ...user, kind: "user", permission };
  const has = permission === null ? "" : `; ${user.login} has ${permission}`;
  throw new CommandFailed(
    `${user.login} may not ${what} ${repository}: it takes write permission${has}. Ask somebody who has it.`,
  );
}

async function findUser(client: GithubClient): Promise<User | null> {
  try {
    return User.parse((await client.read("GET /user", {})).data);
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

/** Null: GitHub does not tell somebody who may not write. */
async function permissionOf(
  { login, id }: User,
  client: GithubClient,
  { place, surroundings }: Target,
): Promise<Permission | null> {
  const permissions = createPermissions({ client, place: { ...place, host: "github.com" }, clock: surroundings.clock });
  const somebody = { login, id, kind: "user" } as const;
  try {
    return (await permissions.lookUp([somebody]))(somebody).permission;
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof GithubFault && error.kind === "forbidden" && error.status !== 401;
}
