/** `orchestrate templates`: the task templates of a repository, or of a folder, with their fields, and what is wrong with those that cannot be used. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readText } from "./read-text.ts";
import { withRepository, type Target } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { readTemplateText } from "../config/parse-template.ts";
import { createGithubClient } from "../github/client.ts";
import { listTemplates, readTemplate } from "../github/templates.ts";
import { gitHostOf } from "./access.ts";
import type { GithubClient } from "../github/client.ts";
import { isTemplateName, templateNamed } from "../model/template.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";
import { renderTemplates, toTemplatesDocument, type FoundTemplate } from "../views/template-page.ts";

export interface TemplatesOptions {
  /** Instead of the repository's; then nobody is asked anything. */
  readonly folder?: string;
  readonly json?: boolean;
}

/** The way to a repository's files and issues. */
export interface Shelf {
  readonly client: GithubClient;
  readonly place: Target["place"] & { readonly host: string };
}

/** More are not read in one go. */
const templatesMax = 100;

/** Prints them; 1 where one cannot be used. Rejects with one sentence. */
export async function runTemplates(repository: string | undefined, options: TemplatesOptions): Promise<number> {
  if (options.folder === undefined) {
    return withRepository(repository, async (target) => {
      const shelf = shelfOf(target);
      const names = (await listTemplates(shelf.client, shelf.place)).slice(0, templatesMax);
      const found: FoundTemplate[] = [];
      for (const name of names) found.push(toFound(name, (await readTemplate(shelf.client, shelf.place, name)) ?? ""));
      return answer({ repository: target.repository, where: target.repository }, found, options);
    });
  }
  if (repository !== undefined) throw new UsageError("Say a repository or --folder; not both.");
  const found = await readFolder(options.folder);
  return answer({ repository: null, where: toPlainLine(options.folder) }, found, options);
}

export function shelfOf({ octokit, place, surroundings, connection }: Target): Shelf {
  const client = createGithubClient({ octokit, clock: surroundings.clock, journal: surroundings.journalFor({}) });
  return { client, place: { ...place, host: gitHostOf(connection.baseUrl) } };
}

async function answer(
  { repository, where }: { readonly repository: string | null; readonly where: string },
  found: readonly FoundTemplate[],
  { json }: TemplatesOptions,
): Promise<number> {
  await (json === true ? printJson(toTemplatesDocument(repository, found)) : print(renderTemplates(where, found)));
  return found.every(({ template }) => template !== null) ? 0 : 1;
}

async function readFolder(folder: string): Promise<readonly FoundTemplate[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new UsageError(`${toPlainLine(folder)} is no folder that can be read: name one with templates in it.`, {
      cause: error,
    });
  });
  const names = files.filter((file) => file.endsWith(".yml")).toSorted();
  return Promise.all(
    names.slice(0, templatesMax).map(async (file): Promise<FoundTemplate> => {
      const name = file.slice(0, -".yml".length);
      if (isTemplateName(name)) return toFound(name, await readText(join(folder, file), "template"));
      return { name: toPlainLine(name), template: null, problems: [`The name of the file ${templateNamed}.`] };
    }),
  );
}

/** Never throws. */
export function toFound(name: string, text: string): FoundTemplate {
  return { name, ...readTemplateText(text) };
}
