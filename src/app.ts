/**
 * The App's door: webhooks become hints for the repository they come from, installations come and go, and at the start
 * every repository takes stock. No logic of its own.
 */
import type { ApplicationFunction, Probot } from "probot";
import { z } from "zod";
import type { Repository } from "./engine/repository.ts";
import { toHints, type Own } from "./github/webhook.ts";
import { wireRepository, type RepositoryOctokit, type RepositoryPlace, type Surroundings } from "./wire.ts";

const RepositoryPayload = z.object({
  id: z.number(),
  full_name: z.string().regex(/^[^/\s]+\/[^/\s]+$/),
  default_branch: z.string().default("main"),
});
const EventPayload = z.object({
  action: z.string().optional(),
  installation: z.object({ id: z.number() }).optional(),
  repository: RepositoryPayload.optional(),
  repositories_removed: z.array(z.object({ id: z.number() })).optional(),
});
const Installation = z.object({ id: z.number(), app_slug: z.string(), app_id: z.number(), suspended_at: z.string().nullish() });
const RepositoryPage = z.object({ repositories: z.array(RepositoryPayload.extend({ archived: z.boolean().optional() })) });

/** How long the App waits before it asks GitHub for its installations again. */
const discoveryPauseMs = 60_000;
const pageSize = 100;

export interface Application {
  readonly load: ApplicationFunction;
  /** Finds the installations and starts their repositories; resolves after the first try, and goes on trying. */
  start(app: Probot): Promise<void>;
  stop(): void;
}

/** The App over its surroundings. `load` it into Probot, then `start`. */
export function createApplication(surroundings: Surroundings): Application {
  const journal = surroundings.journalFor({});
  const repositories = new Map<number, Repository>();
  let own: Own | null = null;
  let isStopped = false;

  async function open(app: Probot, installation: number, found: z.output<typeof RepositoryPayload>): Promise<Repository> {
    const known = repositories.get(found.id);
    if (known !== undefined) return known;
    const octokit = (await app.auth(installation)) as unknown as RepositoryOctokit;
    const raced = repositories.get(found.id);
    if (raced !== undefined) return raced;
    const repository = wireRepository(surroundings, toPlace(found), octokit);
    repositories.set(found.id, repository);
    void repository.start().catch((error: unknown) => {
      journal.error("A repository could not be started.", { repository: found.full_name, reason: messageOf(error) });
      repositories.delete(found.id);
    });
    return repository;
  }

  function close(id: number): void {
    repositories.get(id)?.stop();
    repositories.delete(id);
  }

  async function discover(app: Probot): Promise<void> {
    const root = await app.auth();
    for (let page = 1, isLast = false; !isLast; page += 1) {
      const answer = await root.request("GET /app/installations", { per_page: pageSize, page });
      const found = z.array(Installation).parse(answer.data);
      for (const installation of found) await discoverRepositories(app, installation);
      isLast = found.length < pageSize;
    }
  }

  async function discoverRepositories(app: Probot, installation: z.output<typeof Installation>): Promise<void> {
    own = { appId: installation.app_id, login: `${installation.app_slug}[bot]` };
    if (installation.suspended_at) return;
    const octokit = await app.auth(installation.id);
    for (let page = 1, isLast = false; !isLast; page += 1) {
      const answer = await octokit.request("GET /installation/repositories", { per_page: pageSize, page });
      const found = RepositoryPage.parse(answer.data).repositories;
      for (const repository of found) if (repository.archived !== true) await open(app, installation.id, repository);
      isLast = found.length < pageSize;
    }
  }

  async function keepDiscovering(app: Probot): Promise<void> {
    while (!isStopped) {
      try {
        return await discover(app);
      } catch (error) {
        journal.error(explainDiscovery(error), { reason: messageOf(error), retryAfterMs: discoveryPauseMs });
        await surroundings.clock.sleep(discoveryPauseMs, "discovery");
      }
    }
  }

  async function hear(app: Probot, event: { readonly name: string; readonly payload: unknown }): Promise<void> {
    const parsed = EventPayload.safeParse(event.payload);
    if (!parsed.success || isStopped) return;
    const { action, installation, repository, repositories_removed: removed } = parsed.data;
    if (event.name.startsWith("installation")) {
      for (const { id } of removed ?? []) close(id);
      if (action !== "deleted" && action !== "suspend") await keepDiscovering(app);
      return;
    }
    if (installation === undefined || repository === undefined) return;
    const hints = toHints(event.name, event.payload, own);
    if (hints.length > 0) (await open(app, installation.id, repository)).hear(hints);
  }

  return {
    load(app) {
      app.onAny((event) => hear(app, event));
      app.onError((error) => journal.error("A webhook could not be handled.", { reason: error.message }));
    },
    async start(app) {
      try {
        await discover(app);
      } catch (error) {
        journal.error(explainDiscovery(error), { reason: messageOf(error) });
        void surroundings.clock.sleep(discoveryPauseMs, "discovery").then(() => keepDiscovering(app));
      }
    },
    stop() {
      isStopped = true;
      for (const id of repositories.keys()) close(id);
    },
  };
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
