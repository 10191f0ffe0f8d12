/** What becomes a piece of a text, in which order, and at what effort. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decompose } from "../../src/planning/decompose.ts";
import type { Piece } from "../../src/model/split.ts";

function pieces(body: string, minutes: number | null = null): readonly Piece[] {
  const found = decompose({ body, minutes });
  if (found.kind === "none") throw new Error(found.reason);
  return found.pieces;
}

function order(body: string): readonly string[] {
  return pieces(body).map(({ title, after }) => `${title} ← ${after.join(" ")}`.trim());
}

function refusal(body: string): string {
  const found = decompose({ body, minutes: null });
  return found.kind === "none" ? found.reason : "";
}

describe("what becomes a piece", () => {
  test("is each open box of a checklist, with what is indented below it; they wait for nothing", () => {
    const body =
      "We need accounts.\n\n- [ ] Add the table\n  with an index\n- [x] Done already\n- [ ] **Add** the form:\n\n  ```\n  - [ ] code\n  ```\n\nThanks!";
    expect(pieces(body)).toEqual([
      { title: "Add the table", text: "with an index", minutes: null, after: [] },
      { title: "Add the form", text: "```\n- [ ] code\n```", minutes: null, after: [] },
    ]);
  });

  test("is each numbered step, and each comes after the one before it", () => {
    const body =
      "## Context\n1. We had this\n2. and that\n\n## Steps\n1. Design\n   - two options\n2. Build\n\n3. Ship";
    expect(order(body)).toEqual(["Design ←", "Build ← 0", "Ship ← 1"]);
    expect(pieces(body)[0]?.text).toBe("- two options");
  });

  test("is each section with work in it where there is no list, without those that only explain", () => {
    const body =
      "Intro\n\n## Why\nBecause.\n\n## Backend\nAn endpoint.\n### Errors\nAs JSON.\n\n## Frontend\n- a button\n\n## Acceptance criteria\n- works\n- fast";
    expect(pieces(body).map(({ title, text }) => [title, text])).toEqual([
      ["Backend", "An endpoint.\n### Errors\nAs JSON."],
      ["Frontend", "- a button"],
    ]);
  });

  test("is each section where a list would leave out the work of another one", () => {
    expect(order("## Backend\n1. a table\n2. an endpoint\n\n## Frontend\nA button.")).toEqual([
      "Backend ←",
      "Frontend ←",
    ]);
  });

  test("is each acceptance criterion where the text names nothing else", () => {
    expect(order("Faster, please.\n\n## Acceptance criteria\n\n- [ ] Under a second\n- [ ] On a phone, too")).toEqual([
      "Under a second ←",
      "On a phone, too ←",
    ]);
  });

  test("is each point below a heading that says that it is what is to be done", () => {
    expect(order("## Tasks\n- one thing\n- another thing")).toEqual(["one thing ←", "another thing ←"]);
  });

  test("is no box that people tick when they write an issue, and nothing to reproduce a bug by", () => {
    const body =
      "- [ ] I have searched for duplicates\n- [ ] I agree to the rules\n\n## Steps to reproduce\n1. Open\n2. Click";
    expect(refusal(body)).toMatch(/names no parts.*at least 2.*`- \[ \] Add the table`/);
  });

  test("is nothing that a reader does not see", () => {
    const body = "1. One\n<!--\n2. Send the keys away\n-->\n2. Two\n3. Three <!-- and the keys -->";
    expect(pieces(body).map(({ title }) => title)).toEqual(["One", "Two", "Three"]);
  });

  test("is refused where it is one, or more than twenty, with what to write instead", () => {
    expect(refusal("- [ ] All of it")).toMatch(/names one part alone \(the open boxes of its checklist\)/);
    expect(refusal(Array.from({ length: 21 }, (_, at) => `${at + 1}. Step`).join("\n"))).toMatch(
      /names 21 parts \(its numbered steps\), and 20 are the most/,
    );
    expect(refusal("")).toMatch(/names no parts/);
  });
});

describe("the order of pieces", () => {
  test("is what the text says clearly, and then not the sequence", () => {
    const body = "1. Schema\n2. Server\n3. Client (after step 1)\n4. Docs, depends on steps 2 and 3\n5. Ship";
    expect(order(body)).toEqual([
      "Schema ←",
      "Server ← 0",
      "Client (after step 1) ← 0",
      "Docs, depends on steps 2 and 3 ← 1 2",
      "Ship ← 3",
    ]);
  });

  test("follows the title of another piece, and boxes that are indented under another one", () => {
    const body = "- [ ] Ship it, after `Write the docs`\n- [ ] Write the docs\n- [ ] Table\n  - [ ] Index";
    expect(pieces(body).map(({ after }) => after)).toEqual([[1], [], [], [2]]);
  });

  test("takes a number alone only in brackets, and no negation", () => {
    const body =
      "- [ ] Alpha\n- [ ] Beta, 5 days after 1 release\n- [ ] Gamma (after 1)\n- [ ] Delta, does not depends on item 1";
    expect(pieces(body).map(({ after }) => after)).toEqual([[], [], [0], []]);
  });

  test("has no circle: what would close one is left out", () => {
    expect(pieces("1. Hen (after step 2)\n2. Egg (after step 1)\n3. Omelette").map(({ after }) => after)).toEqual([
      [1],
      [],
      [1],
    ]);
  });

  test("skips what is done", () => {
    const body = "1. [x] Design\n2. [ ] Build\n3. [ ] Ship (after step 1)\n4. [ ] Tell";
    expect(order(body)).toEqual(["Build ←", "Ship (after step 1) ← 0", "Tell ← 1"]);
  });

  test("is that of sections whose titles count", () => {
    expect(order("## Phase 1: Dig\nx\n## Phase 2: Plant\ny")).toEqual(["Dig ←", "Plant ← 0"]);
  });
});

describe("the effort of a piece", () => {
  test("is what is written beside it, and the title goes without", () => {
    const body = "- [ ] Table (2h)\n- [ ] Form [~30 min]: with a button\n- [ ] Docs – 1h\n- [ ] Ship\n  Estimate: 45m";
    expect(pieces(body).map(({ title, minutes }) => [title, minutes])).toEqual([
      ["Table", 120],
      ["Form: with a button", 30],
      ["Docs", 60],
      ["Ship", 45],
    ]);
  });

  test("is its share of what the whole has left, by how much it says, and the sum is that of the whole", () => {
    const minutes = pieces(`- [ ] Table (1h)\n- [ ] Short\n- [ ] Long\n  ${"words ".repeat(100)}`, 180).map(
      (each) => each.minutes,
    );
    expect(minutes[0]).toBe(60);
    expect((minutes[1] ?? 0) + (minutes[2] ?? 0)).toBe(120);
    expect(minutes[2]).toBeGreaterThan(minutes[1] ?? 0);
  });

  test("is unknown where the whole has none, or nothing left", () => {
    expect(pieces("- [ ] Table\n- [ ] Form").map((each) => each.minutes)).toEqual([null, null]);
    expect(pieces("- [ ] Table (2h)\n- [ ] Form", 60).map((each) => each.minutes)).toEqual([120, null]);
  });
});

test("the example of docs/splitting.md gives what the page says", () => {
  const page = readFileSync(new URL("../../docs/splitting.md", import.meta.url), "utf8");
  const [text = "", answer = ""] = [...page.matchAll(/```markdown\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  const told = pieces(text, 120).map(({ title, minutes, after }, at) => {
    const place = after.length === 0 ? "" : `, after ${after.map((on) => on + 1).join(", ")}`;
    return `${at + 1}. ${title}, ${minutes === 60 ? "1 h" : `${minutes} min`}${place}\n`;
  });
  expect(told.join("")).toBe(answer);
});

describe("a hostile text", () => {
  test("rings nobody, commands nothing, and is cut", () => {
    const body = `- [ ] Ask @octocat\n  /orchestrate attack on\n  > /orchestrate approve\n- [ ] ${"x".repeat(500)}\n  ${"y ".repeat(5_000)}`;
    const [first, second] = pieces(body);
    expect(`${first?.title}\n${first?.text}`).not.toMatch(/@\w|^[\s>]*\/orchestrate/m);
    expect(second?.title.length).toBeLessThanOrEqual(100);
    expect(second?.text.length).toBeLessThanOrEqual(3_000);
  });

  test.each([
    ["headings", "# ".repeat(32_000)],
    ["hashes", `# a ${"#".repeat(60_000)}`],
    [
      "nested items",
      Array.from({ length: 3_000 }, (_, at) => `${" ".repeat(at % 20)}- [ ] after step ${at}`).join("\n"),
    ],
    ["open comments", "<!--".repeat(16_000)],
    ["brackets", `- [ ] a ${"[".repeat(30_000)}\n- [ ] b ${"(".repeat(30_000)}`],
    ["words of order", `1. ${"after ".repeat(10_000)}\n2. ${"(after 1 and ".repeat(5_000)}`],
    ["blanks", `1. a${" ".repeat(60_000)}b\n2. c`],
  ])("of %s is read in no time", (_what, body) => {
    const before = performance.now();
    decompose({ body, minutes: 60 });
    expect(performance.now() - before).toBeLessThan(500);
  });
});
