/** One entry of `agents:` by itself, as it comes and goes over HTTP: by the rules of the file, and in its words. */
import type { AgentConfig } from "../model/config-agent.ts";
import { toDurationText } from "./json-schema.ts";
import { readConfigData } from "./parse-config.ts";
import { renderPath } from "./problem.ts";

/** An entry as a person writes it. */
type Entry = Readonly<Record<string, unknown>>;

export type EntryReading =
  | { readonly kind: "valid"; readonly definition: AgentConfig }
  /** `field` is empty where it is about the entry as a whole; `message` goes on with it as a sentence, without an end. */
  | { readonly kind: "invalid"; readonly field: string; readonly message: string };

/** Where the entry stands while it is read. */
const place = ["agents", 0] as const;

/** Never throws. A field that is null means what it means where it is left out. Of several problems the first is told. */
export function readAgentEntry(entry: Entry): EntryReading {
  const reading = readConfigData({ agents: [entry] });
  const [definition] = reading.kind === "valid" ? reading.config.agents : [];
  if (definition !== undefined) return { kind: "valid", definition };
  const [problem] = reading.kind === "invalid" ? reading.problems : [];
  const field = renderPath(problem?.path.slice(place.length) ?? []);
  const message = (problem?.message ?? "cannot be used").replaceAll(renderPath(place), "an agent");
  return { kind: "invalid", field, message };
}

/** The entry that `readAgentEntry` reads as the same agent: durations have their unit, since a bare number would be minutes. */
export function writeAgentEntry(definition: AgentConfig): Entry {
  const { timeout, watch, heartbeat } = definition;
  return {
    ...definition,
    timeout: toDurationText(timeout),
    watch: toDurationText(watch),
    ...(heartbeat !== undefined && { heartbeat: toDurationText(heartbeat) }),
  };
}
