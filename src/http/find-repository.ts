/** Which repository a request means. */
import { z } from "zod";
import type { Repository } from "../engine/repository.ts";
import { Problem } from "./problem.ts";
import type { Ground } from "./route.ts";

const wanted = "must name a repository as owner/name";

/** `owner/name`; may be left out where the App works on one repository only. */
export const repositoryName = z
  .string(wanted)
  .regex(/^[^/\s]+\/[^/\s]+$/, wanted)
  .optional()
  .describe("owner/name; may be left out where it is clear which one is meant.");

/** The repository of that name, whatever its letter case. Throws a 404 that lists none, and a 400 that names `field` where several could be meant. */
export function findRepository(ground: Ground, name: string | undefined, field: string): Repository {
  const repositories = ground.repositories();
  if (name !== undefined) {
    const found = repositories.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found;
    throw new Problem(404, "The App works on no repository of this name. Check it, and where the App is installed.");
  }
  const [only, ...others] = repositories;
  if (only === undefined) throw new Problem(404, "The App works on no repository yet. Install it on one.");
  if (others.length === 0) return only;
  throw new Problem(400, `The App works on several repositories: say which one with ${field}, as owner/name.`);
}
