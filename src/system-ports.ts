/** Time, chance and the log of the real machine, as the ports that everything else takes. */
import { randomBytes } from "node:crypto";
import type { Chance } from "./ports/chance.ts";
import type { Clock } from "./ports/clock.ts";
import type { Journal } from "./ports/journal.ts";

export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    after(ms, _label, action) {
      const timer = setTimeout(action, ms);
      return { cancel: () => clearTimeout(timer) };
    },
    sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  };
}

export function createSystemChance(): Chance {
  return {
    next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
    id: () => randomBytes(10).toString("hex"),
  };
}

/** Resident megabytes of this process. */
export function readMemory(): number {
  return process.memoryUsage.rss() / 1_048_576;
}

/** The part of pino that the journal needs. */
export interface Logger {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

/** A journal that writes to `logger` (Probot's own, so that there is one log), with `fields` on every line. */
export function createLogJournal(logger: Logger, fields: Readonly<Record<string, unknown>>): Journal {
  return {
    debug: (message, data) => logger.debug({ ...fields, ...data }, message),
    info: (message, data) => logger.info({ ...fields, ...data }, message),
    warn: (message, data) => logger.warn({ ...fields, ...data }, message),
    error: (message, data) => logger.error({ ...fields, ...data }, message),
  };
}
