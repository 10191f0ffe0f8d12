/**
 * The App's door: webhooks become hints for the repository they come from, installations come and go, and at the start
 * every repository takes stock; HTTP requests go to their routes. No logic of its own.
 */
import type { ApplicationFunction, Probot } from "probot";
import { z } from "zod";
import { toHints } from "./github/webhook.ts";
import { readAgentEntry, writeAgentEntry } from "./config/agent-entry.ts";
import { createHttpHandler } from "./http/handler.ts";
import { Installations, RepositoryPayload } from "./installations.ts";
import type { Surroundings } from "./wire.ts";

const EventPayload = z.object({
  action: z.string().optional(),
  installation: z.object({ id: z.number() }).optional(),
  repository: RepositoryPayload.optional(),
  repositories_removed: z.array(z.object({ id: z.number() })).optional(),
});

export interface Application {
  readonly load: ApplicationFunction;
  /** Finds the installations and starts their repositories; resolves after the first try, and goes on trying. */
  start(): Promise<void>;
  /** Stops with nothing left behind. Takes as long as what is under way, and for ever where GitHub cannot be reached. */
  part(): Promise<void>;
  stop(): void;
}

/** The App over its surroundings. `load` it into Probot, then `start`. */
export function createApplication(surroundings: Surroundings): Application {
  let installations: Installations | null = null;
  return {
    load(app: Probot, { addHandler }) {
      const loaded = new Installations(app, surroundings);
      installations = loaded;
      const journal = surroundings.journalFor({});
      const { clock, memory, httpToken: token = null } = surroundings;
      const ground = {
        repositories: () => loaded.repositories,
        token,
        reports: reportersOf(surroundings),
        agentEntries: { read: readAgentEntry, write: writeAgentEntry },
        clock,
        journal,
        build: surroundings.build ?? null,
        startedAt: clock.now(),
      };
      addHandler(createHttpHandler({ ...ground, ...(memory === undefined ? {} : { memory }) }));
      app.onAny((event) => hear(loaded, event));
      app.onError((error) => journal.error("A webhook could not be handled.", { reason: error.message }));
    },
    start: async () => installations?.discover(),
    part: async () => installations?.part(),
    stop: () => installations?.stop(),
  };
}

function reportersOf({ reports = {}, fetch }: Surroundings): Parameters<typeof createHttpHandler>[0]["reports"] {
  const { workerSecret = null, oidc } = reports;
  return { workerSecret, oidc: oidc === undefined ? null : { ...oidc, fetch } };
}

/** Anything that is not for a repository we know how to find is none of our business. */
async function hear(
  installations: Installations,
  event: { readonly name: string; readonly payload: unknown },
): Promise<void> {
  const parsed = EventPayload.safeParse(event.payload);
  if (!parsed.success) return;
  const { action, installation, repository, repositories_removed: removed } = parsed.data;
  if (event.name.startsWith("installation")) {
    for (const { id } of removed ?? []) installations.close(id);
    // Not awaited: GitHub wants its answer within ten seconds, whatever the state of its API.
    if (action !== "deleted" && action !== "suspend") void installations.discover();
    return;
  }
  if (installation === undefined || repository === undefined) return;
  const hints = toHints(event.name, event.payload, installations.own);
  if (hints.length > 0) (await installations.open(installation.id, repository)).hear(hints);
}
