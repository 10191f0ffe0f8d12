import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseClosing, parseDependencies, parseMarker, parseReverts, parseWaits } from "../../src/github/references.ts";
import { parseMadeFor, toPatternMarker, toPieceMarker } from "../../src/github/made-for.ts";
import { toTaskId } from "../../src/model/ids.ts";
import { describeWait } from "../../src/model/external-wait.ts";

const own = { repository: "acme/shop" };

function read(body: string): readonly string[] {
  return parseDependencies(body, own).map(
    (each) =>
      `${each.kind === "soft" ? "soft " : ""}${each.repository ?? ""}#${each.number}${each.partial === true ? " in part" : ""}`,
  );
}

describe("waits of a body", () => {
  test.each([
    ["Not before: 2026-12-01", ["2026-12-01"]],
    ["**Not before:** 2026-12-01T09:00Z.", ["2026-12-01T09:00Z"]],
    ["Waits until 2026-12-01 10:00 +01:00", ["2026-12-01T09:00Z"]],
    ["wait until 2026-12-01 09:00", ["2026-12-01T09:00Z"]],
    ["Waits for workflow ci.yml on main.", ["workflow ci.yml on main"]],
    ["- waits for the workflow my_ci.yaml on release/1.x", ["workflow my_ci.yaml on release/1.x"]],
    ["Waits for @Ada", ["@ada"]],
    ["Waits for @ada, @bob and @carl-2.", ["@ada", "@bob", "@carl-2"]],
    ["Not before 2026-12-01; waits for @ada", ["2026-12-01", "@ada"]],
    ["Not before 2026-02-30", ["2026-02-30"]],
  ])("%j waits", (body, expected) => {
    expect(parseWaits(body).map(describeWait)).toEqual(expected);
  });

  test.each([
    "`Not before 2026-12-01`",
    "> Waits for @ada",
    "<!-- Not before 2026-12-01 -->",
    "It does not wait for @ada",
    "doesn't wait until 2026-12-01",
    "Waits for workflow ../../evil.yml on main",
    "Waits for workflow ci.sh on main",
    "Waits for @ada/team",
    "Waits for ada@example.org",
    "Not before 12/01/2026",
  ])("%j waits for nothing", (body) => {
    expect(parseWaits(body)).toEqual([]);
  });

  test("a day that does not exist never comes, rather than being another one", () => {
    expect(parseWaits("Not before 2026-02-30")).toEqual([{ kind: "date", at: null, written: "2026-02-30" }]);
  });

  test("at most ten are read", () => {
    expect(parseWaits("Not before 2026-12-01\n\n".repeat(30))).toHaveLength(10);
  });
});

describe("the marker of a pattern's issue", () => {
  test("is read back from the beginning of the body and from nowhere else", () => {
    const marker = toPatternMarker("deps", 3);
    expect(parseMadeFor(`${marker}\nText`)).toEqual({ pattern: "deps", series: 3 });
    expect(parseMadeFor(`Text\n${marker}`)).toBeNull();
    expect(parseMadeFor("<!-- orchestrate:pattern=deps series=0 -->")).toBeNull();
  });
});

describe("the marker of a piece's issue", () => {
  const name = { task: toTaskId(7, 1_012), hash: "0123456789abcdef", piece: 19 };

  test("is read back from the beginning of the body and from nowhere else", () => {
    const marker = toPieceMarker(name);
    expect(marker).toBe("<!-- orchestrate:piece=20 of=gh:7:1012 text=0123456789abcdef -->");
    expect(parseMadeFor(`${marker}\nText`)).toEqual(name);
    expect(parseMadeFor(`Text\n${marker}`)).toBeNull();
    expect(parseMadeFor(marker.replace("=20", "=0"))).toBeNull();
  });
});

describe("dependencies of a body", () => {
  test.each([
    ["Blocked by #1", ["#1"]],
    ["blocked by: #1", ["#1"]],
    ["**Blocked by** #4", ["#4"]],
    ["Depends on #1, #2 and owner/repo#3.", ["#1", "#2", "owner/repo#3"]],
    ["- [ ] Blocked by #7\n- Depends on #8, #9, and #10", ["#7", "#8", "#9", "#10"]],
    ["Blocked by:\n- #1 the API\n- #2\n\nAnd then #9", ["#1", "#2"]],
    ["## Blocked by\n\n1. [ ] #5\n2. [x] acme/Shop#6\n", ["#5", "#6"]],
    ["Blocked by #1,\n#2", ["#1", "#2"]],
    ["Depends on https://github.com/acme/shop/issues/5", ["#5"]],
    ["Depends on https://github.com/a/b/issues/7.", ["a/b#7"]],
    ["Blocked by [#12](https://github.com/acme/shop/issues/12)", ["#12"]],
    ["| needs |\n|---|\n| Blocked by #3 |", ["#3"]],
    ["<details>\n\nBlocked by #3\n\n</details>", ["#3"]],
    ["Soft depends on #5; softly blocked by #6", ["soft #5", "soft #6"]],
    ["Soft depends on #5\n\nBlocked by #5", ["#5"]],
    ["Waits for #4 and #5", ["#4", "#5"]],
    ["Soft blocked by #12 (partial)", ["soft #12 in part"]],
    ["Soft depends on #1 (partial results), #2", ["soft #1 in part", "soft #2"]],
    ["Soft depends on:\n- #1 (partial)\n- #2", ["soft #1 in part", "soft #2"]],
    ["Blocked by #12 (partial)", ["#12"]],
  ])("%j names what it waits for", (body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  test.each([
    "`Blocked by #9`",
    "Blocked by `#9`",
    "```\nBlocked by #9\n```",
    "    Blocked by #9",
    "> Blocked by #9",
    "<!-- Blocked by #9 -->",
    "<!--\n\nBlocked by #9\n\n-->",
    "~~Blocked by #9~~",
    "not blocked by #9",
    "This is no longer blocked by #9",
    "It isn't blocked by #9",
    "Blocked by \\#9",
    "Blocked by #0",
    "Blocked by #9abc",
    "Blocked by the team, see #9",
    "unblocked by #9",
    "Blocked by #1x\n\n#9 is the reason",
    "Depends on https://evil.example/acme/shop/issues/5",
    "Blocked by #99999999999",
  ])("%j names nothing, because nobody who reads it would say so", (body) => {
    expect(read(body)).toEqual([]);
  });

  test("a list ends with its paragraph, so that the next paragraph is not taken in", () => {
    expect(read("Blocked by #1\n\n#2 is nice")).toEqual(["#1"]);
  });

  test("at most 50 are read, so that a body cannot flood the graph", () => {
    const body = Array.from({ length: 200 }, (_, index) => `Blocked by #${index + 1}`).join("\n\n");
    expect(read(body)).toHaveLength(50);
  });

  test("what comes after 64 KB is not read", () => {
    expect(read(`${"a ".repeat(40_000)}\n\nBlocked by #1`)).toEqual([]);
  });

  test("any text is read without throwing, and every reference in it is a positive number", () => {
    const piece = fc.constantFrom(
      ..."Blocked by ,depends on ,#1,#2,a/b#3, and ,\n,\n\n,- ,> ,`,```\n,<!--,-->,**,[,](,),~~,|,\\,soft ".split(","),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 40 }).map((all) => all.join("")),
        ),
        (body) => {
          for (const each of parseDependencies(body, own)) expect(each.number).toBeGreaterThan(0);
          parseClosing(body, own);
          parseMarker(body);
        },
      ),
    );
  });

  test("a reference is found wherever plain words stand around it", () => {
    const words = fc.array(fc.constantFrom("the", "page", "needs", "work,", "soon."), { maxLength: 6 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 99_999 }), words, (before, number, after) => {
        const body = `${before.join(" ")} Blocked by #${number} ${after.join(" ")}`;
        expect(read(body)).toEqual([`#${number}`]);
      }),
    );
  });

  test("code around a reference hides it, whatever the reference", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom("Blocked by", "Depends on"), (number, words) => {
        expect(read(`\`${words} #${number}\``)).toEqual([]);
        expect(read(`> ${words} #${number}`)).toEqual([]);
        expect(read(`<!-- ${words} #${number} -->`)).toEqual([]);
      }),
    );
  });

  test.each([">", "- ", "1. ", "[", "*a_ `<", "Blocked by #1, ", "<a ", "| #1 "])(
    "64 KB of %j is read in a moment and not in a minute, so that one issue cannot hold up the rest",
    (piece) => {
      const started = performance.now();
      read(`${piece.repeat(Math.ceil(65_536 / piece.length))}\nBlocked by #1`);
      expect(performance.now() - started).toBeLessThan(5_000);
    },
  );
});

describe("a description of a pull request", () => {
  test("closes what its keywords name, each keyword one", () => {
    const body = "Fixes #3, closes acme/shop#4 and resolves: x/y#2. `fixes #9`\n\n> closes #8\n\nprefixes #7";
    expect(parseClosing(body, own)).toEqual([
      { repository: null, number: 3 },
      { repository: null, number: 4 },
      { repository: "x/y", number: 2 },
    ]);
  });

  test("reverts what GitHub's own sentence names, in this repository", () => {
    expect(parseReverts("Reverts acme/shop#12\n\nReverts other/one#3", own)).toEqual([12]);
  });

  test("carries the marker of its assignment", () => {
    const body = "text\n<!-- orchestrate:task=gh:1:2 attempt=1 fence=3 -->";
    expect(parseMarker(body)).toEqual({ task: "gh:1:2", fence: 3 });
    expect(parseMarker("<!-- orchestrate:task=gh:1:2 -->")).toBeNull();
    expect(parseMarker(`<!-- orchestrate:task=gh:1:2 attempt=1${" ".repeat(60_000)}x`)).toBeNull();
  });
});
