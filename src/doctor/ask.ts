/** How the doctor asks GitHub: one read at a time, and what may not be seen is an answer, too. */
import { z } from "zod";
import { createGithubClient } from "../github/client.ts";
import { GithubFault } from "../github/classify-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Finding } from "../views/doctor-page.ts";
import type { RepositoryOctokit } from "../wire.ts";

export type Answer<Data> =
  | { readonly kind: "data"; readonly data: Data }
  /** There is none, or none that these credentials may see. */
  | { readonly kind: "missing" }
  /** GitHub says that the credentials lack a permission. */
  | { readonly kind: "forbidden"; readonly reason: string };

export interface Ask {
  /** A route below the repository, such as `/labels/{name}`, read by `schema`. Rejects with `GithubFault` on an outage. */
  <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    parameters?: Readonly<Record<string, unknown>>,
  ): Promise<Answer<z.output<Schema>>>;
}

/** Asks with one budget and one pace. */
export function createAsk(
  octokit: RepositoryOctokit,
  { repository, clock, journal }: { readonly repository: string; readonly clock: Clock; readonly journal: Journal },
): Ask {
  const client = createGithubClient({ octokit, clock, journal });
  const [owner = "", repo = ""] = repository.split("/");
  return async (path, schema, parameters = {}) => {
    const route = path.startsWith("GET ") ? path : `GET /repos/{owner}/{repo}${path}`;
    try {
      const answer = await client.read(route, { owner, repo, ...parameters });
      const parsed = schema.safeParse(answer.data);
      if (parsed.success) return { kind: "data", data: parsed.data };
      throw new GithubFault(`the answer to ${route} is not what it should be`, { kind: "invalid", retryAfterMs: 0 });
    } catch (error) {
      if (!(error instanceof GithubFault)) throw error;
      if (error.kind === "gone") return { kind: "missing" };
      if (error.kind === "forbidden") return { kind: "forbidden", reason: error.message };
      throw error;
    }
  };
}

const File = z.object({ encoding: z.literal("base64"), content: z.string() });

/** The text of a file of the default branch, or of `ref`. */
export async function readText(ask: Ask, path: string, ref?: string): Promise<Answer<string>> {
  const answer = await ask("/contents/{+path}", File, { path, ...(ref === undefined ? {} : { ref }) });
  if (answer.kind !== "data") return answer;
  return { kind: "data", data: Buffer.from(answer.data.content, "base64").toString("utf8") };
}

export function ok(subject: string, message: string): Finding {
  return { level: "ok", subject, message, advice: "" };
}

export function warning(subject: string, message: string, advice: string): Finding {
  return { level: "warning", subject, message, advice };
}

export function broken(subject: string, message: string, advice: string): Finding {
  return { level: "error", subject, message, advice };
}
