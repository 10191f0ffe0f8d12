/** What people may do, from the collaborator endpoint and nowhere else; remembered for five minutes. */
import { z } from "zod";
import { permissions as knownPermissions } from "../model/actor.ts";
import type { Actor, Permission } from "../model/actor.ts";
import type { Clock } from "../ports/clock.ts";
import type { Somebody } from "./answers.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

const rememberedMs = 300_000;
const rememberedMax = 5_000;
/** GitHub allows a hundred requests at once; eight keep a look short without standing out. */
const atOnce = 8;

const Answer = z.object({ permission: z.string(), role_name: z.string().optional().catch(undefined) });

/** The finer role where it is one of GitHub's own; a custom role counts as the permission that it is based on. */
function toPermission(data: unknown): Permission {
  const answer = Answer.safeParse(data);
  if (!answer.success) return "none";
  const isKnown = (text: string | undefined): text is Permission =>
    text !== undefined && (knownPermissions as readonly string[]).includes(text);
  if (isKnown(answer.data.role_name)) return answer.data.role_name;
  return isKnown(answer.data.permission) ? answer.data.permission : "none";
}

/** Nobody: an account that was deleted, or that GitHub does not tell. */
export const ghost: Actor = { login: "ghost", id: 0, kind: "user", permission: "none" };

export interface Permissions {
  /** Looks up all of them at once, each login one time. The answer turns somebody into an actor; null is the ghost. */
  lookUp(people: readonly (Somebody | null | undefined)[]): Promise<(somebody: Somebody | null | undefined) => Actor>;
}

/** Permissions in one repository. `lookUp` rejects with `GithubFault`. */
export function createPermissions(parts: { client: GithubClient; place: Place; clock: Clock }): Permissions {
  const { client, place, clock } = parts;
  const remembered = new Map<string, { readonly permission: Permission; readonly until: number }>();

  async function ask(login: string): Promise<void> {
    let permission: Permission = "none";
    try {
      const answer = await client.read("GET /repos/{owner}/{repo}/collaborators/{username}/permission", {
        ...routeOf(place),
        username: login,
      });
      permission = toPermission(answer.data);
    } catch (error) {
      // 404: no such account any more, or an App's bot that is not a collaborator.
      if (!(error instanceof GithubFault) || error.kind !== "gone") throw error;
    }
    remembered.delete(login);
    remembered.set(login, { permission, until: clock.now() + rememberedMs });
  }

  function forgetOld(): void {
    const now = clock.now();
    for (const [login, entry] of remembered) {
      if (entry.until <= now || remembered.size > rememberedMax) remembered.delete(login);
    }
  }

  return {
    async lookUp(people) {
      forgetOld();
      const logins = new Set(people.flatMap((somebody) => (somebody ? [somebody.login] : [])));
      const unknown = [...logins].filter((login) => !remembered.has(login));
      for (let start = 0; start < unknown.length; start += atOnce) {
        await Promise.all(unknown.slice(start, start + atOnce).map(ask));
      }
      return (somebody) => {
        if (!somebody) return ghost;
        return { ...somebody, permission: remembered.get(somebody.login)?.permission ?? "none" };
      };
    },
  };
}
