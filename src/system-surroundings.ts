/** The real machine as surroundings: its clock, its network with a time limit, and the vendor keys of its environment. */
import { readAlertSettings } from "./alert-settings.ts";
import { readHttpSettings } from "./http-settings.ts";
import type { Fetch } from "./ports/fetch.ts";
import { createSystemChance, createSystemClock, readMemory } from "./system-ports.ts";
import type { Surroundings } from "./wire.ts";

/** A request that never ends would hold its effect under way for ever. */
const requestTimeoutMs = 30_000;

const boundedFetch: Fetch = (input, init) =>
  globalThis.fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(requestTimeoutMs) });

/** The real machine as surroundings; vendor keys only where this process is to call vendors itself. */
export function systemSurroundings(journalFor: Surroundings["journalFor"]): Surroundings {
  const { env } = process;
  const chance = createSystemChance();
  return {
    owner: `${env["HOSTNAME"] ?? "app"}-${chance.id()}`,
    clock: createSystemClock(),
    chance,
    memory: readMemory,
    fetch: boundedFetch,
    vendorKeys: { jules: env["JULES_API_KEY"], cursor: env["CURSOR_API_KEY"], bifrost: env["SPRITES_TOKEN"] },
    ...readHttpSettings(env),
    vendorBaseUrls: { jules: env["JULES_BASE_URL"], cursor: env["CURSOR_BASE_URL"], bifrost: env["SPRITES_BASE_URL"] },
    ...readAlertSettings(env),
    linearKey: env["LINEAR_API_KEY"],
    linearUrl: env["LINEAR_BASE_URL"],
    journalFor,
  };
}
