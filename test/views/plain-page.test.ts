/** Markdown of the views as plain text: the same characters that a page would show, and none that a terminal would obey. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderExplain } from "../../src/views/explain.ts";
import { renderGraph } from "../../src/views/graph-mermaid.ts";
import { escapeText, renderTable, toCode, toPlainLine, toReference } from "../../src/views/markdown.ts";
import { toPlainPage, toPlainWords } from "../../src/views/plain-page.ts";
import { givenBlocker, givenDefinition, givenTask, givenView } from "./given.ts";
import { hostile } from "./hostile-text.ts";

/** What moves the cursor, hides or reorders text. */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe("text of others", () => {
  test("comes out letter by letter as a page shows it, whatever marks are in it", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(toPlainWords(escapeText(text))).toBe(toPlainLine(text));
      }),
    );
  });

  test("stays in its own cell of a table", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const table = renderTable(["A", "B", "C"], [[escapeText(text), toCode(text), "last"]]);
        const lines = toPlainPage(`A table\n\n${table}`).split("\n");
        expect(lines).toHaveLength(4);
        expect(lines.at(-1)).toMatch(/ last$/);
      }),
    );
  });

  test("in a whole explanation has nothing that a terminal would obey, and begins no line", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const definition = givenDefinition({ title: text, problems: [text] });
        const view = givenView({
          task: givenTask({ definition, manualReview: text }),
          blockers: [givenBlocker({ title: text, state: text })],
          waiting: [{ code: text, detail: text }],
        });
        const lines = toPlainPage(renderExplain(view)).split("\n");
        expect(lines.filter((line) => obeyed.test(line))).toEqual([]);
      }),
    );
  });
});

describe("marks of our own", () => {
  test("are taken away, and what they mark stays", () => {
    const markdown = `${toReference("#12", "https://github.test/o/r/issues/12")} is **ready**: \`jules/1\` takes it <!-- x -->`;
    expect(toPlainPage(markdown)).toBe("#12 is ready: jules/1 takes it");
  });

  test("of titles become a colon, right above the list that follows", () => {
    expect(toPlainPage("## Page\n\n- one\n\n**Next**\n\n- two\n\n**Nothing was started.**")).toBe(
      "Page:\n- one\n\nNext:\n- two\n\nNothing was started.",
    );
  });

  test("of a table become columns that line up, but for a cell that is too long for that", () => {
    const long = "x".repeat(60);
    const table = renderTable(
      ["Task", "Why"],
      [
        ["#1", "first"],
        [long, "second"],
      ],
    );
    expect(toPlainPage(`It is so:\n\n${table}`).split("\n").slice(1)).toEqual([
      `  Task${" ".repeat(42)}Why`,
      `  #1${" ".repeat(44)}first`,
      `  ${long}  second`,
    ]);
  });

  test("of a sample of the configuration become four spaces", () => {
    expect(toPlainPage("Add one:\n\n```yaml\nagents:\n  - { id: jules }\n```")).toBe(
      "Add one:\n    agents:\n      - { id: jules }",
    );
  });

  test("of a diagram go with it, with its title, and with the note on what it does not draw", () => {
    const task = { title: "```", status: "ready", group: null, blockedBy: [], isInCycle: false } as const;
    const graph = renderGraph(
      Array.from({ length: 80 }, (_, place) => ({ ...task, reference: `#${place + 1}` })),
      { groupBy: "none" },
    );
    expect(graph).toMatch(/_$/);
    expect(toPlainPage(`One\n\n### Graph\n\n${graph}\n\n### Run\n\n- two`)).toBe("One\n\nRun:\n- two");
  });
});
