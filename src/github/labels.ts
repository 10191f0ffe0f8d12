/** The labels that we manage, by node id: looked up by name in one request, made once when they are missing. */
import { z } from "zod";
import { pickAlias } from "./answers.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import type { Place } from "./place.ts";
import { labelsByName, toChunks } from "./queries.ts";

export interface Labels {
  /** Node ids by label: `needed` are made where they are missing, `others` are left out then. Rejects with `GithubFault`. */
  find(needed: readonly string[], others: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Forget what is known: somebody deleted a label. */
  forget(): void;
}

interface Look {
  readonly color: string;
  readonly description: string;
}

const looks: Readonly<Record<string, Look>> = {
  "status:pending": { color: "d4c5f9", description: "Not ready to be worked: a person must look first" },
  "status:blocked": { color: "b60205", description: "Waits for other issues" },
  "status:ready": { color: "c2e0c6", description: "Waits for a free worker" },
  "status:assigned": { color: "bfdadc", description: "A worker was chosen and is being started" },
  "status:in_progress": { color: "1d76db", description: "An agent works on it" },
  "status:review": { color: "5319e7", description: "Its pull request is open" },
  "status:needs_input": { color: "fbca04", description: "Waits for an answer of a person" },
  "status:manual_review": { color: "e99695", description: "Set aside for a person" },
  "status:completed": { color: "0e8a16", description: "Done, with a receipt" },
  "status:failed": { color: "d73a4a", description: "All attempts failed" },
  "status:upstream_failed": { color: "f9d0c4", description: "An issue that it waits for has failed" },
  "status:cancelled": { color: "cfd3d7", description: "Cancelled by a person" },
};

function lookOf(name: string): Look {
  const own = looks[name];
  if (own !== undefined) return own;
  if (name.startsWith("agent:")) return { color: "006b75", description: "The agent that has the task" };
  return { color: "ededed", description: "" };
}

const Id = z.object({ id: z.string() });
const chunkSize = 30;

/** Labels of one repository. */
export function createLabels(parts: { client: GithubClient; place: Place }): Labels {
  const { client, place } = parts;
  const known = new Map<string, string>();

  async function lookUp(names: readonly string[]): Promise<{ repository: string | null; missing: readonly string[] }> {
    const document = labelsByName({ owner: place.owner, name: place.name }, names);
    const answer = await client.query(document.text, document.variables);
    const missing: string[] = [];
    names.forEach((name, index) => {
      const label = Id.safeParse(pickAlias(answer.data, "repository", `l${index}`));
      if (label.success) known.set(name, label.data.id);
      else missing.push(name);
    });
    const repository = Id.safeParse(pickAlias(answer.data, "repository"));
    return { repository: repository.success ? repository.data.id : null, missing };
  }

  async function create(repositoryId: string, names: readonly string[]): Promise<void> {
    const fields = names.map((_, index) => `l${index}: createLabel(input: $l${index}) { label { id } }`);
    const declared = names.map((_, index) => `$l${index}: CreateLabelInput!`).join(", ");
    const inputs = names.map((name, index) => [`l${index}`, { repositoryId, name, ...lookOf(name) }] as const);
    const answer = await client.mutate(`mutation (${declared}) { ${fields.join("\n")} }`, Object.fromEntries(inputs));
    names.forEach((name, index) => {
      const label = Id.safeParse(pickAlias(answer.data, `l${index}`, "label"));
      if (label.success) known.set(name, label.data.id);
    });
  }

  async function findChunk(names: readonly string[]): Promise<void> {
    const { repository, missing } = await lookUp(names);
    if (missing.length === 0) return;
    if (repository === null) {
      throw new GithubFault("The repository cannot be read.", { kind: "forbidden", retryAfterMs: 300_000 });
    }
    try {
      await create(repository, missing);
    } catch (error) {
      // All were refused: somebody else may have made them in between. What is still missing shows below.
      if (!(error instanceof GithubFault) || error.kind !== "invalid") throw error;
    }
    const unmade = missing.filter((name) => !known.has(name));
    if (unmade.length === 0) return;
    const again = await lookUp(unmade);
    if (again.missing.length > 0) {
      throw new GithubFault(`GitHub does not let us make the label ${again.missing[0] ?? ""}.`, {
        kind: "invalid",
        retryAfterMs: 300_000,
      });
    }
  }

  return {
    async find(needed, others) {
      const unknown = [...new Set(needed)].filter((name) => !known.has(name));
      for (const chunk of toChunks(unknown, chunkSize)) await findChunk(chunk);
      const optional = [...new Set(others)].filter((name) => !known.has(name));
      for (const chunk of toChunks(optional, chunkSize)) await lookUp(chunk);
      return known;
    },
    forget() {
      known.clear();
    },
  };
}
