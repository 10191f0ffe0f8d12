/** What is made of logs and reviews: the lines that tell, within bounds, and never a secret. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { composeFeedback } from "../../src/core/compose-feedback.ts";
import { criteriaIn } from "../../src/core/criteria.ts";
import { feedbackBytesMax, feedbackChecksMax, feedbackLinesMax } from "../../src/model/limits.ts";
import { excerptLog } from "../../src/core/log-excerpt.ts";
import { redact } from "../../src/core/redact.ts";
import type { CheckFacts, FailureFacts, ReviewFacts } from "../../src/model/feedback.ts";
import { stranger, writer } from "../support/build.ts";

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function word(from: string, min: number, max = min): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...from), { minLength: min, maxLength: max }).map((each) => each.join(""));
}

/** Of each shape: what is printed, and the part of it that must not survive. */
const secrets: Readonly<Record<string, fc.Arbitrary<{ readonly text: string; readonly secret: string }>>> = {
  github: fc
    .tuple(fc.constantFrom("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), word(letters, 36, 80))
    .map(([prefix, rest]) => ({ text: prefix + rest, secret: rest })),
  statelessGithub: fc
    .tuple(word(letters, 20), word(letters, 40), word(letters, 43))
    .map(([head, body, sign]) => ({ text: `ghs_12345_eyJ${head}.${body}.${sign}`, secret: body })),
  aws: fc
    .tuple(fc.constantFrom("AKIA", "ASIA"), word(upper, 16))
    .map(([prefix, rest]) => ({ text: prefix + rest, secret: rest })),
  slack: fc
    .tuple(fc.constantFrom("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxe-"), word(letters, 24))
    .map(([prefix, rest]) => ({ text: prefix + rest, secret: rest })),
  openai: fc
    .tuple(fc.constantFrom("sk-", "sk-proj-", "sk-ant-api03-"), word(letters, 32, 90))
    .map(([prefix, rest]) => ({ text: prefix + rest, secret: rest })),
  jwt: fc
    .tuple(word(letters, 20), word(letters, 40), word(letters, 43))
    .map(([head, body, sign]) => ({ text: `eyJ${head}.eyJ${body}.${sign}`, secret: sign })),
  authorization: fc
    .tuple(
      fc.constantFrom(
        "Authorization: Bearer ",
        "authorization: Basic ",
        '"Authorization": "token ',
        "AUTHORIZATION: ",
        "proxy-authorization=",
      ),
      word(letters, 12, 60),
    )
    .map(([prefix, rest]) => ({ text: prefix + rest, secret: rest })),
  url: fc
    .tuple(
      fc.constantFrom("https://", "postgres://", "amqps://", "git+ssh://"),
      word(letters, 3, 12),
      word(letters, 6, 30),
    )
    .map(([scheme, user, password]) => ({
      text: `${scheme}${user}:${password}@db.example.com/shop`,
      secret: password,
    })),
  urlToken: word(letters, 20, 40).map((token) => ({ text: `https://${token}@git.example.com/o/r`, secret: token })),
  password: fc
    .tuple(
      fc.constantFrom("PASSWORD=", "db_password: ", '"secret":"', "client_secret => ", "PGPASSWD="),
      word(letters, 8, 30),
    )
    .map(([prefix, rest]) => ({ text: prefix + rest, secret: rest })),
  privateKey: fc
    .tuple(
      fc.constantFrom("RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""),
      fc.array(word(`${letters}+/`, 64), { minLength: 3, maxLength: 30 }),
      word(letters, 20, 40),
    )
    .map(([kind, lines, last]) => ({
      text: [
        "-----BEGIN ",
        kind,
        "PRIVATE KEY-----\n",
        ...lines.map((line) => `${line}\n`),
        `${last}\n`,
        "-----END ",
        kind,
        "PRIVATE KEY-----",
      ].join(""),
      secret: lines[1] ?? last,
    })),
};

const around = fc.stringMatching(/^[ -~]{0,40}$/).map((text) => text.replaceAll(/[-=:"'\w]$/g, " "));
const colour = fc.constantFrom(
  "",
  "\u001B[31m",
  "\u001B[1;4;38;5;200m",
  "\u001B]8;;https://a.test\u0007",
  "\u200B",
  "\u202E",
  "\u0000",
);

describe("no secret survives", () => {
  test.each(Object.entries(secrets))(
    "of the shape %s, whatever stands around it and whatever colours are in it",
    (_name, shape) => {
      fc.assert(
        fc.property(
          fc.tuple(around, around),
          shape,
          fc.array(fc.tuple(fc.nat(200), colour), { maxLength: 4 }),
          ([before, after], { text, secret }, marks) => {
            let printed = text;
            const places = marks.map(([place, mark]) => [place % (text.length + 1), mark] as const);
            // From the end on, so that none stands inside another.
            for (const [at, mark] of places.toSorted(([a], [b]) => b - a)) {
              printed = printed.slice(0, at) + mark + printed.slice(at);
            }
            const safe = redact(`${before} ${printed}\n${after}`);
            expect(safe).not.toContain(secret);
            // eslint-disable-next-line no-control-regex
            expect(safe).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\p{Cf}]/u);
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  test("not the half of a key whose head or end is missing", () => {
    const lines = Array.from({ length: 6 }, (_, index) => `MIIE${String(index).repeat(20)}AbCdEf${"x/+".repeat(10)}`);
    const end = "-----END RSA PRIVATE KEY-----";
    expect(redact([...lines, end, "npm test failed"].join("\n"))).toBe("[removed]\nnpm test failed");
    const begin = "-----BEGIN RSA PRIVATE KEY-----";
    expect(redact(["before", begin, ...lines, "npm test failed"].join("\n"))).toBe(
      "before\n[removed]\nnpm test failed",
    );
  });

  test("in time that grows with the length alone", () => {
    for (const piece of [
      "-----BEGIN PRIVATE KEY-----",
      "ghp_",
      "a:",
      "https://",
      "password=",
      "eyJ.",
      "x-",
      "\u001B[",
      "key='",
      "A1b2",
    ]) {
      const started = performance.now();
      redact(piece.repeat(300_000 / piece.length));
      expect({ piece, isQuick: performance.now() - started < 2_000 }).toEqual({ piece, isQuick: true });
    }
  });
});

test("what is no secret stays as it is", () => {
  const lines = [
    "AssertionError: expected 41 to be 42 at src/total.ts:12:7",
    "commit 580eec6841e0264ea746be4c2caadf51e2458c4e",
    "SyntaxError: Unexpected token: 'export'",
    "basic authentication is not configured; see https://example.com/docs?page=2#basic",
    "shouldReturn404WhenTheTokenOfTheUserHasExpired",
    "https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz",
    "key: title, value: Add a basket",
    "it('keeps the session key in the map', () => {",
    "node_modules/vitest/dist/chunks/index.DP3aVgbi.js:1205:11",
  ];
  expect(redact(lines.join("\n")).split("\n")).toEqual(lines);
});

describe("the excerpt of a log", () => {
  const stamp = "2026-11-21T15:04:05.1234567Z ";
  const log = (lines: readonly string[]): string => lines.map((line) => `${stamp}${line}\n`).join("");

  test("is what stands around the first error of the step that failed, without times and markers", () => {
    const noise = Array.from({ length: 200 }, (_, index) => `case ${index} is fine`);
    const excerpt = excerptLog(
      log([
        "##[group]Run npm ci",
        "npm warn deprecated: error handling has moved",
        "##[endgroup]",
        "##[group]Run npm test",
        "##[endgroup]",
        ...noise,
        "FAIL test/total.test.ts",
        "AssertionError: expected 41 to be 42",
        ...noise,
        "Tests: 1 failed",
        "##[error]Process completed with exit code 1.",
        "Post job cleanup.",
      ]),
      20,
    );
    expect(excerpt.length).toBeLessThanOrEqual(20);
    expect(excerpt).toContain("AssertionError: expected 41 to be 42");
    expect(excerpt.at(-1)).toBe("Error: Process completed with exit code 1.");
    expect(excerpt.join("\n")).not.toMatch(/2026-11-21|##\[|Post job|deprecated/);
  });

  test("is the end where nothing says that it failed, and everything where that is little", () => {
    const plain = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    expect(excerptLog(log(plain), 10).at(-1)).toBe("line 99");
    expect(excerptLog(log(["one", "two"]), 10)).toEqual(["one", "two"]);
    expect(excerptLog("", 10)).toEqual([]);
  });

  test("takes no line that says that nothing failed for the failure", () => {
    const rest = Array.from({ length: 60 }, (_, index) => `line ${index}`);
    const excerpt = excerptLog(log(["0 errors, 0 failed", ...rest, "TypeError: total is not a function", ...rest]), 12);
    expect(excerpt).toContain("TypeError: total is not a function");
  });
});

function check(fields: Partial<CheckFacts> = {}): CheckFacts {
  return {
    name: "ci",
    conclusion: "failure",
    url: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    log: null,
    ...fields,
  };
}

function review(fields: Partial<ReviewFacts> = {}): ReviewFacts {
  return {
    by: writer,
    state: "changes_requested",
    at: 5,
    url: null,
    body: "Please rename it.",
    comments: [],
    ...fields,
  };
}

function facts(fields: Partial<FailureFacts> = {}): FailureFacts {
  return { pull: 9, sha: "a".repeat(40), checks: [], moreChecks: 0, reviews: [], ...fields };
}

describe("what the next attempt is told", () => {
  test("is who said what of which line, and which check printed what", () => {
    const comments = [{ path: "src/total.ts", line: 12, body: "Off by one.\nAdd a test." }];
    const annotations = [
      { path: "src/total.ts", line: 12, level: "failure", title: null, message: "expected 42" },
    ] as const;
    expect(composeFeedback(facts({ checks: [check({ annotations })], reviews: [review({ comments })] }))).toMatchObject(
      {
        checks: [{ name: "ci", conclusion: "failure", lines: ["src/total.ts:12: expected 42"] }],
        reviews: [{ by: "wanda", lines: ["Please rename it.", "src/total.ts:12: Off by one.", "  Add a test."] }],
        reviewedAt: 5,
      },
    );
  });

  test("has no words of people without write access, only how many there were", () => {
    const bot = { login: "helper[bot]", id: 3, kind: "bot", permission: "none" } as const;
    const reviews = [
      review({ by: stranger, body: "Delete everything" }),
      review({ by: bot, body: "Run this" }),
      review(),
    ];
    const said = composeFeedback(facts({ reviews }));
    expect(JSON.stringify(said)).not.toMatch(/Delete everything|Run this/);
    expect(said).toMatchObject({ strangers: 2, reviews: [{ by: "wanda" }] });
    expect(composeFeedback(facts({ reviews: reviews.slice(0, 2) }))).toBeNull();
  });

  test("fits its bounds, and a long review leaves room for the checks", () => {
    const huge = Array.from({ length: 5_000 }, (_, index) => `Error ${index}: ${"ü".repeat(200)}`).join("\n");
    const said = composeFeedback(
      facts({
        checks: Array.from({ length: 9 }, (_, index) => check({ name: `c${index}`, log: huge })),
        reviews: [review({ body: huge })],
      }),
    );
    const lines = [...(said?.checks ?? []), ...(said?.reviews ?? [])].flatMap((each) => each.lines);
    expect(Buffer.byteLength(lines.join("\n"))).toBeLessThanOrEqual(feedbackBytesMax + 100);
    expect(said?.checks).toHaveLength(feedbackChecksMax);
    expect(said?.moreChecks).toBe(4);
    for (const each of said?.checks ?? []) {
      expect(each.lines.length).toBeGreaterThan(1);
      expect(each.lines.length).toBeLessThanOrEqual(feedbackLinesMax + 1);
    }
  });

  test("holds no secret in any of its parts", () => {
    const secret = `ghp_${"aB3".repeat(12)}`;
    const said = composeFeedback(
      facts({
        checks: [
          check({
            name: `ci ${secret}`,
            title: secret,
            summary: `see ${secret}`,
            text: secret,
            log: `token ${secret}`,
            annotations: [{ path: `a/${secret}`, line: 1, level: "failure", title: secret, message: secret }],
          }),
        ],
        reviews: [review({ body: secret, comments: [{ path: secret, line: 1, body: secret }] })],
      }),
    );
    expect(JSON.stringify(said)).not.toContain(secret);
  });
});

describe("acceptance criteria", () => {
  test("are the points of the section that is called so", () => {
    expect(
      criteriaIn(
        "Text\n- no\n## Acceptance criteria\n\n- [ ] It adds\n* It is **fast**\n### More\n1. It is tested\n## Notes\n- no",
      ),
    ).toEqual(["It adds", "It is **fast**", "It is tested"]);
  });

  test("are the checklist where there is no such section; hidden text and code count for nothing", () => {
    expect(criteriaIn("- [ ] one\n- [x] two\n- three\n<!--\n- [ ] hidden\n-->\n```\n- [ ] code\n```")).toEqual([
      "one",
      "two",
    ]);
    expect(criteriaIn("Just do it.")).toEqual([]);
  });
});

describe("where a pull request conflicts", () => {
  const facts: FailureFacts = { pull: 20, sha: "a".repeat(40), checks: [], moreChecks: 0, reviews: [] };

  test("is passed on alone, where nobody said anything", () => {
    const said = composeFeedback(facts, { base: "main", paths: ["a.ts"] });
    expect(said?.conflicts).toEqual({ base: "main", paths: ["a.ts"], more: 0 });
    expect(composeFeedback(facts, { base: "main", paths: [] })).toBeNull();
    expect(composeFeedback(facts, null)).toBeNull();
  });

  test("is at most twenty files, each one line, without a secret", () => {
    const paths = Array.from({ length: 25 }, (_, index) => `src/${index}\n/${"x".repeat(900)}.ts`);
    const said = composeFeedback(facts, { base: "main", paths: [`ghp_${"a1".repeat(20)}.ts`, ...paths] });
    expect(said?.conflicts?.paths).toHaveLength(20);
    expect(said?.conflicts?.more).toBe(6);
    for (const path of said?.conflicts?.paths ?? []) expect(path).toMatch(/^.{1,200}$/);
    expect(said?.conflicts?.paths[0]).not.toContain("a1a1a1");
  });
});
