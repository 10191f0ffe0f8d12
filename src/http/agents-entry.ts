/** An entry of `agents:` that comes in a request: read by the schema of the configuration file, and refused in its words. */
import { z } from "zod";
import { AgentConfig } from "../model/config-agent.ts";
import { repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { AgentEntries } from "./route.ts";

/** As it stands in the file, with the repository beside it. */
export const Entry = z.strictObject({ ...AgentConfig.shape, repository: repositoryName });

/** What may be changed: of the entry any part, and what is no part of it. */
export const Change = z.strictObject({
  ...z.object(AgentConfig.shape).partial().shape,
  enabled: z.boolean("must be true or false").optional(),
  reset: z.literal(true, "must be true, or left out").optional(),
  repository: repositoryName,
});

const Around = z.looseObject({ repository: repositoryName });
const AroundChange = z.looseObject({
  repository: repositoryName,
  enabled: Change.shape.enabled,
  reset: Change.shape.reset,
});

type Fields = Readonly<Record<string, unknown>>;

export interface ReadEntry {
  readonly repository: string | undefined;
  readonly definition: AgentConfig;
}

/** Throws a 400 that names the field. */
export function readEntry(input: unknown, entries: AgentEntries): ReadEntry {
  const { repository, ...entry } = parseInput(Around, input);
  return { repository, definition: readDefinition(entry, entries) };
}

export interface ReadChange {
  readonly repository: string | undefined;
  readonly isEnabled: boolean | undefined;
  readonly isReset: true | undefined;
  /** What is to be another part of the entry; not yet read. */
  readonly fields: Fields;
}

/** Throws a 400 where it changes nothing, or not what can be changed. */
export function readChange(input: unknown, id: string): ReadChange {
  const { repository, enabled: isEnabled, reset: isReset, ...fields } = parseInput(AroundChange, input);
  if (fields["id"] !== undefined && fields["id"] !== id) {
    throw new Problem(400, "`id` cannot be changed: sessions are known by it. Register another agent instead.");
  }
  delete fields["id"];
  if (Object.keys(fields).length === 0 && isEnabled === undefined && isReset === undefined) {
    throw new Problem(400, "Say what to change: a field of the agent, `enabled` or `reset`.");
  }
  return { repository, isEnabled, isReset, fields };
}

/** The agent with other parts; `null` gives a part the value that it has where nothing is said. Throws a 400 that names the field. */
export function withFields(definition: AgentConfig, fields: Fields, entries: AgentEntries): AgentConfig {
  return readDefinition({ ...entries.write(definition), ...fields }, entries);
}

/** The slots that an agent of the file is to have; null: the file's. Throws a 400 where they are no number of them. */
export function readCapacity(fields: Fields): number | null {
  return parseInput(Capacity, fields).capacity;
}

const wantedSlots = "must be a whole number from 1 to 1000, or null";
const Capacity = z.strictObject({
  capacity: z.int(wantedSlots).min(1, wantedSlots).max(1_000, wantedSlots).nullable(),
});

function readDefinition(entry: Fields, entries: AgentEntries): AgentConfig {
  const reading = entries.read(entry);
  if (reading.kind === "valid") return reading.definition;
  const { field, message } = reading;
  throw new Problem(400, field === "" ? `The agent ${message}.` : `\`${field}\` ${message}.`);
}
