/** A text that is not JSON is refused with the line and the column where it stops being so. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonInvalid, parseJson } from "../../src/plan/json.ts";

function problemOf(text: string): string {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonInvalid) return error.message;
    throw error;
  }
  return "accepted";
}

test.each([
  ["", "line 1, column 1: found the end of the text where a value should be"],
  ["tasks: []", 'line 1, column 1: found "t" where a value should be'],
  ['{"tasks": [', "line 1, column 12: found the end of the text where a value should be"],
  ['{"tasks": [\n  {"id": "a",}\n]}', 'line 2, column 14: found "}" where a key should be'],
  ['{"tasks": [1,]}', 'line 1, column 14: found "]" where a value should be'],
  ['{"tasks" []}', 'line 1, column 10: found "[" where ":" should be'],
  ['{"tasks": []]', 'line 1, column 13: found "]" where "," or the end of what was opened should be'],
  ["{tasks: []}", 'line 1, column 2: found "t" where a key should be'],
  ['{"tasks": []} {}', 'line 1, column 15: found "{" where the end of the text should be'],
  [
    '{"id": "a\nb"}',
    "line 1, column 8: found a quoted text with a line break, a control character or a wrong escape in it",
  ],
  [
    '{"id": "\\x"}',
    "line 1, column 8: found a quoted text with a line break, a control character or a wrong escape in it",
  ],
  ['{"id": "a}', "line 1, column 8: found a quoted text without an end"],
  ['{"id": "a" "b"}', 'line 1, column 12: found a quoted text where "," or the end of what was opened should be'],
  ["[01]", 'line 1, column 3: found "1" where "," or the end of what was opened should be'],
  ["[1.]", 'line 1, column 3: found "." where "," or the end of what was opened should be'],
  ["[NaN]", 'line 1, column 2: found "N" where a value should be'],
  ["{'id': 1}", `line 1, column 2: found "'" where a key should be`],
  ["// no\n{}", 'line 1, column 1: found "/" where a value should be'],
])("%j is not JSON", (text, problem) => {
  expect(problemOf(text)).toContain(`not JSON: ${problem}`);
});

test("what JSON says is read as JSON, however deep", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(parseJson(JSON.stringify(value, null, 1))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(Array.isArray(parseJson(`${"[".repeat(50_000)}${"]".repeat(50_000)}`))).toBe(true);
  expect(problemOf(`{"id": "${String.raw`\n`.repeat(1_000_000)}`)).toContain(
    "column 8: found a quoted text without an end",
  );
  expect(problemOf("[".repeat(50_000))).toContain("line 1, column 50001: found the end of the text");
});

test("wherever a letter is lost or changed, the answer is the engine's: read it, or refuse it with a place within the text", () => {
  const text = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value, null, 1));
  fc.assert(
    fc.property(text, fc.nat(), fc.constantFrom("", ",", '"', "}", "[", "\\", "\n", "7"), (whole, place, letter) => {
      const at = place % whole.length;
      const changed = whole.slice(0, at) + letter + whole.slice(at + 1);
      let isJson = true;
      try {
        JSON.parse(changed);
      } catch {
        isJson = false;
      }
      const lines = changed.split("\n").length;
      const found = /^not JSON: line (?<line>\d+), column \d+: found /.exec(problemOf(changed))?.groups?.["line"];
      expect(found === undefined).toBe(isJson);
      expect(Number(found ?? 1)).toBeLessThanOrEqual(lines);
    }),
    { numRuns: 2_000 },
  );
});
