/** Task templates of a repository, as they lie on its default branch: what is there was looked at as any other change. */
import { z } from "zod";
import { isTemplateName, templateFolder } from "../model/template.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

const Entries = z.array(z.object({ name: z.string(), type: z.string() }));
const File = z.object({ encoding: z.literal("base64"), content: z.string() });

const ending = ".yml";

/** The names of all that are there, in their order; `[]` without the folder. Rejects with `GithubFault`. */
export async function listTemplates(client: GithubClient, place: Place): Promise<readonly string[]> {
  const data = await readContents(client, place, templateFolder);
  const entries = Entries.safeParse(data);
  if (!entries.success) return [];
  return entries.data
    .filter(({ name, type }) => type === "file" && name.endsWith(ending))
    .map(({ name }) => name.slice(0, -ending.length))
    .filter(isTemplateName)
    .toSorted();
}

/** The text of one; null where there is none of that name. Rejects with `GithubFault`. */
export async function readTemplate(client: GithubClient, place: Place, name: string): Promise<string | null> {
  if (!isTemplateName(name)) return null;
  const data = await readContents(client, place, `${templateFolder}/${name}${ending}`);
  const file = File.safeParse(data);
  return file.success ? Buffer.from(file.data.content, "base64").toString("utf8") : null;
}

/** Null where nothing of that path is there. */
async function readContents(client: GithubClient, place: Place, path: string): Promise<unknown> {
  try {
    return (await client.read(`GET /repos/{owner}/{repo}/contents/${path}`, routeOf(place))).data;
  } catch (error) {
    if (error instanceof GithubFault && error.kind === "gone") return null;
    throw error;
  }
}
