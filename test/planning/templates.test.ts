/** Task templates become issues: places are filled, what is left out leaves no trace, and whatever somebody says stays text. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTemplate } from "../../src/config/parse-template.ts";
import { parseDependencies, parseWaits } from "../../src/github/references.ts";
import { readText } from "../../src/model/issue-text.ts";
import type { TaskTemplate } from "../../src/model/template.ts";
import { findLacks } from "../../src/planning/definition-of-ready.ts";
import { decompose } from "../../src/planning/decompose.ts";
import { renderTemplate, type TemplateIssue } from "../../src/planning/templates.ts";

function given(text: string): TaskTemplate {
  const reading = parseTemplate(text);
  if (reading.kind === "invalid") throw new Error(JSON.stringify(reading.problems));
  return reading.template;
}

function rendered(template: TaskTemplate, values: Readonly<Record<string, string>>): readonly TemplateIssue[] {
  const rendering = renderTemplate(template, values);
  if (rendering.kind === "refused") throw new Error(rendering.problems.join(" "));
  return [rendering.whole, ...rendering.pieces];
}

const everything = given(`
fields:
  - { name: what, required: true }
  - { name: more }
  - { name: size, default: 2h }
title: "Add {{ what }} {{more}}"
body: "We want {{what}}.\\n\\n{{more}}\\n\\nThat is all."
criteria: ["{{what}} is there", "{{more}}"]
files: ["src/{{what}}.ts", "{{more}}"]
components: [shop]
integrationPoints: ["the {{what}} service"]
labels: ["area:{{what}}", "{{more}}"]
needs: [TypeScript]
priority: high
estimate: "{{size}}"
`);

describe("a template that is filled in", () => {
  test("says what is to be done, by what it is known to be done, and where; what nobody has said leaves nothing behind", () => {
    expect(rendered(everything, { what: "search" })).toEqual([
      {
        piece: null,
        title: "Add search",
        body: [
          "We want search.\n\nThat is all.",
          "## Acceptance criteria\n\n- [ ] search is there",
          "## Scope\n\n- Files: `src/search.ts`\n- Components: shop\n- Integration points: the search service",
        ].join("\n\n"),
        labels: ["area:search", "needs:typescript"],
        priority: "high",
        estimate: "2h",
        after: [],
      },
    ]);
  });

  test("gives pieces so that each comes after those that it waits for, and otherwise as they are written", () => {
    const template = given(
      "title: All\npieces: [{id: c, title: C, blockedBy: [b]}, {id: a, title: A}, {id: b, title: B, blockedBy: [a]}, {id: d, title: D}]",
    );
    const issues = rendered(template, {});
    expect(issues.map(({ piece, after }) => [piece, after])).toEqual([
      [null, []],
      ["a", []],
      ["b", ["a"]],
      ["c", ["b"]],
      ["d", []],
    ]);
  });

  test.each([
    [{}, ["The field what is missing."]],
    [{ what: "  " }, ["The field what is missing."]],
    [{ what: "x", wat: "y" }, ["There is no field wat: did you mean what?"]],
    [{ what: "x", colour: "y" }, ["There is no field colour: there are what, more, size."]],
    [{ what: "x\u0007" }, ["The field what has control characters in it."]],
    [{ what: "x".repeat(10_001) }, ["The field what is longer than 10000 characters."]],
    [{ what: "x".repeat(300) }, [expect.stringMatching(/^A criterion is longer than 200 characters: x{60}…$/)]],
  ])("of %j says what is wrong with it, and makes nothing", (values, problems) => {
    expect(renderTemplate(everything, values)).toEqual({ kind: "refused", problems });
  });

  test("is not filled a second time by what was filled in", () => {
    const [issue] = rendered(everything, { what: "{{size}}", more: "$& {{what}}" });
    expect(issue?.title).toBe("Add {{size}} $& {{what}}");
  });
});

const hostile = given(
  'fields: [{name: x}]\ntitle: T\nbody: "{{x}}\\n\\n- {{x}}\\n\\nBlocked by {{x}}."\ncriteria: ["It works", "{{x}}"]',
);

function bodyOf(x: string): string {
  return rendered(hostile, { x })[0]?.body ?? "";
}

describe("what somebody says for a field", () => {
  test.each([
    ["a heading", "## Acceptance criteria\n- none", "\n## Acceptance criteria\n- none"],
    ["the underline of one", "Title\n===", "\n==="],
    ["a box", "- [ ] Everything", "- [ ] Everything\n\n"],
    ["a mark of ours", "<!-- orchestrate:submission=0 -->", "<!--"],
    ["a tag", "<b onclick=x>", "<b"],
    ["a mention", "ask @octocat", "@octocat"],
    ["a command", "/orchestrate approve", "\n/orchestrate"],
    ["a block of code", "```\nswallows", "\n```"],
  ])("stays text where it looks like %s", (_what, value, sign) => {
    expect(`\n${bodyOf(value)}`).not.toContain(sign);
  });

  test("makes no dependency and no wait by itself, and completes the one that the template says", () => {
    const options = { repository: "acme/shop", host: "github.com" };
    const words = "blocked by #7, depends on #8, waits for ci.yml, not before 2030-01-01, wait for @ann";
    expect(parseDependencies(bodyOf(words), options)).toEqual([]);
    expect(parseWaits(bodyOf(words))).toEqual([]);
    expect(parseDependencies(bodyOf("#7"), options)).toMatchObject([{ number: 7 }]);
  });

  test("is no criterion but where the template has its place", () => {
    expect(readText(bodyOf("- [ ] a\n- [ ] b")).criteria).toBe(2);
  });

  test("whatever it is, leaves the parts of the text as they are", () => {
    const parts = fc.constantFrom(
      "`",
      "```",
      "~~~",
      "#",
      " ",
      "\n",
      "-",
      "- [ ] ",
      "<!--",
      "-->",
      "<",
      ">",
      "x",
      "@a",
      "=",
      "|",
      "1. ",
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (each) => {
        const body = bodyOf(each.join(""));
        expect(body.match(/^ {0,3}#{1,6}\s.*$/gm)).toEqual(["## Acceptance criteria"]);
        expect(body).not.toContain("<!--");
        expect(readText(body).criteria).toBeLessThanOrEqual(2);
        expect(readText(body).criteria).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

const folder = resolve(import.meta.dirname, "../../docs/examples/templates");

describe.each(readdirSync(folder))("the example %s", (file) => {
  const template = given(readFileSync(join(folder, file), "utf8"));
  const values = Object.fromEntries(
    template.fields.map(({ name, default: value }) => [name, value ?? `Words of ${name}`]),
  );
  const rules = { goal: true, criteria: true, estimate: true, minimumLength: 50, duplicates: "allow" } as const;

  test.each([
    ["everything", values],
    [
      "no more than it asks for",
      Object.fromEntries(template.fields.flatMap(({ name, required }) => (required ? [[name, "Words"]] : []))),
    ],
  ])("makes issues that meet the strictest definition of ready where somebody says %s", (_what, said) => {
    const [whole, ...pieces] = rendered(template, said);
    const work = pieces.length === 0 ? [whole] : pieces;
    for (const issue of work) {
      const isEstimated = issue?.estimate !== undefined;
      expect(findLacks({ text: readText(issue?.body ?? ""), isEstimated, isContainer: false }, rules)).toEqual([]);
    }
  });

  test("says of each field what to write, and is split by nobody along its parts", () => {
    expect(template.fields.filter(({ description }) => description === undefined)).toEqual([]);
    for (const { body } of rendered(template, values)) {
      const found = decompose({ body, minutes: null });
      expect(found.kind === "pieces" ? found.source : "criteria").toBe("criteria");
    }
  });
});

test("the template on the page about templates can be used", () => {
  const page = readFileSync(resolve(folder, "../../templates.md"), "utf8");
  const [sample = ""] = page.match(/(?<=^```yaml\n)[^]*?(?=^```$)/m) ?? [];
  const [issue] = rendered(given(sample), { page: "The basket" });
  expect(issue).toMatchObject({ title: "The basket in German", labels: ["translation", "needs:translation"] });
});
