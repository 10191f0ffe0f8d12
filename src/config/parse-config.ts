/**
 * Reads the text of `.github/orchestrate.yml`. Whatever the text is, the answer is a whole configuration or a list of
 * problems with their places; half a configuration never leaves this file, so that the last good one can stay.
 */
import { Config, defaultConfig } from "../model/config.ts";
import { checkMeaning } from "./check-meaning.ts";
import { type DescribedIssue, describeIssue } from "./describe-issue.ts";
import { configSchema, type SchemaNode } from "./json-schema.ts";
import { type ConfigProblem } from "./problem.ts";
import { readYaml, sortProblems, yamlBytesMax } from "./read-yaml.ts";

export type ConfigReading =
  | { readonly kind: "valid"; readonly config: Config }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** The same before anything has a line: problems have the path to the key or value. */
export type ConfigDataReading =
  | { readonly kind: "valid"; readonly config: Config }
  | { readonly kind: "invalid"; readonly problems: readonly DescribedIssue[] };

const bounds = {
  tooLarge: `The file is larger than ${yamlBytesMax / 1024} KB: configuration needs far less, so it was not read.`,
  tooDeep: "The file is nested too deep: no key is more than four levels down.",
  noMapping: "The file must be a mapping of keys to values, such as `mode: balanced`.",
};

/** Never throws. An empty or comment-only text is the default configuration. */
export function parseConfig(text: string): ConfigReading {
  const yaml = readYaml(text, bounds);
  if (yaml.kind === "invalid") return { kind: "invalid", problems: sortProblems(yaml.problems) };
  if (yaml.data === null) return { kind: "valid", config: defaultConfig };
  const reading = readConfigData(yaml.data);
  if (reading.kind === "valid") return reading;
  return { kind: "invalid", problems: sortProblems(reading.problems.map(yaml.locate)) };
}

/** What a parsed mapping means: every rule of shape and meaning, without the text around it. */
export function readConfigData(data: unknown): ConfigDataReading {
  const written = withoutEmpty(data, configSchema);
  const result = Config.safeParse(written);
  const problems = result.success
    ? checkMeaning(result.data).map((problem) => ({ ...problem, target: "value" as const }))
    : result.error.issues.flatMap((issue) => describeIssue(issue, written));
  return result.success && problems.length === 0
    ? { kind: "valid", config: result.data }
    : { kind: "invalid", problems };
}

/** `agents:` with everything under it commented out means the default, as if the key were not there. */
function withoutEmpty(data: unknown, node: Readonly<SchemaNode>): unknown {
  if (Array.isArray(data))
    return node.items === undefined ? data : data.map((item) => withoutEmpty(item, node.items ?? {}));
  if (typeof data !== "object" || data === null || node.properties === undefined) return data;
  const properties = node.properties;
  const entries = Object.entries(data)
    .filter(([key, value]) => value !== null || !Object.hasOwn(properties, key))
    .map(([key, value]) => [key, withoutEmpty(value, Object.hasOwn(properties, key) ? (properties[key] ?? {}) : {})]);
  return Object.fromEntries(entries);
}
