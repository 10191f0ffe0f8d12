/** Which repositories the App works on: found at the start, opened when a webhook comes first, closed when it is taken off. */
import type { Probot } from "probot";
import { z } from "zod";
import type { Repository } from "./engine/repository.ts";
import type { Own } from "./github/webhook.ts";
import type { Journal } from "./ports/journal.ts";
import { wireRepository, type RepositoryOctokit, type RepositoryPlace, type Surroundings } from "./wire.ts";

export const RepositoryPayload = z.object({
  id: z.number(),
  full_name: z.string().regex(/^[^/\s]+\/[^/\s]+$/),
  default_branch: z.string().default("main"),
});
export type RepositoryPayload = z.output<typeof RepositoryPayload>;

const Installation = z.object({
  id: z.number(),
  app_slug: z.string(),
  app_id: z.number(),
  suspended_at: z.string().nullish(),
});
const RepositoryPage = z.object({
  repositories: z.array(RepositoryPayload.extend({ archived: z.boolean().optional() })),
});

/** How long the App waits before it asks GitHub for its installations again. */
const discoveryPauseMs = 60_000;
const pageSize = 100;

export class Installations {
  readonly #app: Probot;
  readonly #surroundings: Surroundings;
  readonly #journal: Journal;
  readonly #repositories = new Map<number, Repository>();
  #own: Own | null = null;
  #isStopped = false;
  #isDiscovering = false;

  constructor(app: Probot, surroundings: Surroundings) {
    this.#app = app;
    this.#surroundings = surroundings;
    this.#journal = surroundings.journalFor({});
  }

  /** The App itself, as GitHub knows it; null until the first installation was read. */
  get own(): Own | null {
    return this.#own;
  }

  /** The repositories at work. */
  get repositories(): readonly Repository[] {
    return [...this.#repositories.values()];
  }

  /** The repository at work; opened, with its own stock-taking, when it was not. */
  async open(installation: number, found: RepositoryPayload): Promise<Repository> {
    const known = this.#repositories.get(found.id);
    if (known !== undefined) return known;
    const octokit = (await this.#app.auth(installation)) as unknown as RepositoryOctokit;
    const raced = this.#repositories.get(found.id);
    if (raced !== undefined) return raced;
    const repository = wireRepository(this.#surroundings, toPlace(found), octokit);
    this.#repositories.set(found.id, repository);
    void repository.start().catch((error: unknown) => {
      this.#journal.error("A repository could not be started.", {
        repository: found.full_name,
        reason: messageOf(error),
      });
      this.#repositories.delete(found.id);
    });
    return repository;
  }

  close(id: number): void {
    this.#repositories.get(id)?.stop();
    this.#repositories.delete(id);
  }

  /** Each stops with nothing left behind; one that cannot keeps no other from it. */
  async part(): Promise<void> {
    this.#isStopped = true;
    await Promise.allSettled(this.repositories.map((repository) => repository.part()));
  }

  stop(): void {
    this.#isStopped = true;
    for (const id of this.#repositories.keys()) this.close(id);
  }

  /** Opens everything the App is installed on. Resolves after the first try; where it failed, tries go on behind it. */
  async discover(): Promise<void> {
    if (this.#isDiscovering) return;
    this.#isDiscovering = true;
    if (await this.#tryDiscovery()) this.#isDiscovering = false;
    else void this.#keepTrying();
  }

  /** One series of tries, however many webhooks ask for one. */
  async #keepTrying(): Promise<void> {
    do await this.#surroundings.clock.sleep(discoveryPauseMs, "discovery");
    while (!this.#isStopped && !(await this.#tryDiscovery()));
    this.#isDiscovering = false;
  }

  async #tryDiscovery(): Promise<boolean> {
    try {
      await this.#discoverInstallations();
      return true;
    } catch (error) {
      this.#journal.error(explainDiscovery(error), { reason: messageOf(error), retryAfterMs: discoveryPauseMs });
      return false;
    }
  }

  async #discoverInstallations(): Promise<void> {
    const root = await this.#app.auth();
    for (let page = 1, isLast = false; !isLast; page += 1) {
      const answer = await root.request("GET /app/installations", { per_page: pageSize, page });
      const found = z.array(Installation).parse(answer.data);
      for (const installation of found) await this.#discoverRepositories(installation);
      isLast = found.length < pageSize;
    }
  }

  async #discoverRepositories(installation: z.output<typeof Installation>): Promise<void> {
    this.#own = { appId: installation.app_id, login: `${installation.app_slug}[bot]` };
    if (installation.suspended_at) return;
    const octokit = await this.#app.auth(installation.id);
    for (let page = 1, isLast = false; !isLast; page += 1) {
      const answer = await octokit.request("GET /installation/repositories", { per_page: pageSize, page });
      const found = RepositoryPage.parse(answer.data).repositories;
      for (const repository of found) if (repository.archived !== true) await this.open(installation.id, repository);
      isLast = found.length < pageSize;
    }
  }
}

function toPlace(found: z.output<typeof RepositoryPayload>): RepositoryPlace {
  const [owner = "", name = ""] = found.full_name.split("/");
  return { owner, name, id: found.id, defaultBranch: found.default_branch };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A key that GitHub refuses is the operator's to renew; everything else passes. */
function explainDiscovery(error: unknown): string {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : null;
  if (status === 401) {
    return "GitHub refuses the App's key: it has expired, was revoked, or APP_ID does not match. Make a new private key in the App's settings and set PRIVATE_KEY; the program tries again until then.";
  }
  return "The installations of the App could not be read; trying again.";
}
