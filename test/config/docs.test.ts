import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { configSchema, renderConfigSchema, type SchemaNode } from "../../src/config/json-schema.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import { renderProblem } from "../../src/config/problem.ts";

const docs = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");

interface Leaf {
  readonly path: string;
  readonly isRequired: boolean;
  readonly default: unknown;
}

/** Every key that may be written, with sections replaced by what is in them. */
function leavesOf(node: Readonly<SchemaNode & { required?: readonly string[] }>, path: string): readonly Leaf[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const own = path === "" ? key : `${path}.${key}`;
    const isRequired = node.required?.includes(key) === true;
    const leaf = { path: own, isRequired, default: child.default };
    if (child.items?.properties !== undefined) return [leaf, ...leavesOf(child.items, `${own}[]`)];
    if (child.properties === undefined) return [leaf];
    return key === "linear" ? [leaf, ...leavesOf(child, own)] : leavesOf(child, own);
  });
}

function shownDefault(leaf: Leaf): string {
  if (leaf.isRequired) return "required";
  if (leaf.default === undefined) return "none";
  return `\`${typeof leaf.default === "string" ? leaf.default : JSON.stringify(leaf.default)}\``;
}

test("the published JSON Schema is the one that the program goes by", async () => {
  await expect(renderConfigSchema()).toMatchFileSnapshot("../../docs/orchestrate.schema.json");
});

describe("docs/configuration.md", () => {
  const samples = [...docs.matchAll(/^```yaml\n(?<text>.*?)^```/gms)].map((match) => match.groups?.["text"] ?? "");

  test("has samples, and each of them is accepted", () => {
    expect(samples.length).toBeGreaterThanOrEqual(3);
    expect(samples.filter((sample) => parseConfig(sample).kind !== "valid")).toEqual([]);
  });

  test("lists every key with its default, and no other", () => {
    const rows = [...docs.matchAll(/^\| `(?<path>[^`]+)` \| (?<value>.+?) \| /gm)].map((match) => [
      match.groups?.["path"],
      match.groups?.["value"],
    ]);
    const expected = leavesOf(configSchema, "").map((leaf) => [leaf.path, shownDefault(leaf)]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
  });

  test("shows messages that the program really gives", () => {
    const text = "version: 1\nagents:\n  - id: jules\n    capacity: -1\n    type: jules\n    capasity: 2\n";
    const reading = parseConfig(text);
    for (const problem of reading.kind === "invalid" ? reading.problems : [])
      expect(docs).toContain(renderProblem(problem));
    expect(reading.kind).toBe("invalid");
  });
});
