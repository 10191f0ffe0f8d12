/** A template that cannot be used says at which line and what to write instead; one that can is whole. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTemplate } from "../../src/config/parse-template.ts";
import { renderProblem } from "../../src/config/problem.ts";

function problemsOf(text: string): readonly string[] {
  const reading = parseTemplate(text);
  return reading.kind === "invalid" ? reading.problems.map(renderProblem) : [];
}

test("a title is enough, and everything else has its default", () => {
  expect(parseTemplate("title: Update the words")).toEqual({
    kind: "valid",
    template: {
      title: "Update the words",
      body: "",
      fields: [],
      pieces: [],
      criteria: [],
      files: [],
      components: [],
      integrationPoints: [],
      labels: [],
      needs: [],
    },
  });
});

test("numbers and truth may be written as they are", () => {
  const reading = parseTemplate("title: '{{n}}'\npriority: 1\nestimate: 90\nfields: [{name: n, default: 2}]");
  expect(reading).toMatchObject({ template: { priority: "1", estimate: "90", fields: [{ default: "2" }] } });
});

test.each([
  ["", ["line 1: title is missing: write a text of 1 to 256 characters"]],
  ["title: T\ncriterai: [x]", ["line 2: criterai is not a known key: did you mean criteria?"]],
  [
    "title: T\nbody: |\n  {{nme}}\nfields:\n  - name: name",
    [
      'line 2: body is "{{nme}}\\n": {{nme}} is no field of this template: did you mean {{name}}?',
      'line 5: fields[0].name is "name": is used nowhere: write {{name}} where it belongs',
    ],
  ],
  [
    "title: T\npriority: huge",
    ['line 2: priority is "huge": must be urgent, high, medium, low or none, 1 to 5, or P0 to P3'],
  ],
  ["title: T\nestimate: soon", ['line 2: estimate is "soon": must be a duration such as 30m, 2h or 1d']],
  [
    "title: T\npieces:\n  - { id: a, title: A, blockedBy: [c] }",
    ['line 3: pieces[0].blockedBy[0] is "c": is no piece of this template: there are a'],
  ],
  [
    "title: T\npieces:\n  - { id: a, title: A, blockedBy: [b] }\n  - { id: b, title: B, blockedBy: [a] }",
    ["line 3: pieces[0].blockedBy cannot be used: would wait for itself in the end: take one of the waits out"],
  ],
  [
    "title: T\npieces:\n  - { id: a, title: A }\n  - { id: a, title: B }",
    ['line 4: pieces[1].id is "a": is used twice: take another one'],
  ],
  [
    "title: T\nbody: 'a <!-- hidden --> b'",
    ['line 2: body is "a <!-- hidden --> b": must have no comment in it: agents would not see it'],
  ],
  ["- title", ["line 1: The file must be a mapping of keys to values, such as `title: …`."]],
  ["title: a\ntitle: b", ["line 2: This key is written twice in the same mapping: keep one of them."]],
])("%j is refused with the place of what is wrong", (text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

test("a text that no person would write is refused before it costs anything", () => {
  expect(problemsOf(`title: ${"x".repeat(300_000)}`)).toEqual([
    expect.stringMatching(/larger than 256 KB: a template needs/),
  ]);
  expect(problemsOf(`title: ${"[".repeat(100)}`)).toEqual([
    expect.stringMatching(/nested too deep: no key of a template/),
  ]);
});

test("reading never throws", () => {
  const parts = fc.constantFrom(
    "title",
    "pieces",
    ": ",
    "\n",
    "  ",
    "- ",
    "{{a}}",
    "{",
    "}",
    "[",
    "]",
    "*a",
    "&a",
    "!!js",
    "'",
    '"',
    "id",
  );
  fc.assert(fc.property(fc.array(parts, { maxLength: 30 }), (each) => parseTemplate(each.join("")).kind.length > 0));
});
