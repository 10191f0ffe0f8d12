/** The page of a retrospective, and the document for programs: every finding has its words and, where it is a complaint, its action. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Improvement, LookBack, Retrospective } from "../../src/model/retrospective.ts";
import { failureReasons } from "../../src/model/task.ts";
import { toPlainPage } from "../../src/views/plain-page.ts";
import { renderRetrospective, retrospectiveFilePath, toRetrospectiveDocument } from "../../src/views/retrospective.ts";
import { hostile } from "./hostile-text.ts";

const head = { task: "gh:7:1012", reference: "#12", url: "https://github.test/o/r/issues/12", title: "Schema" };

const task: LookBack = {
  ...head,
  completedAt: "2026-11-22T08:00:00.000Z",
  receipt: "merge",
  attempts: 3,
  agents: ["cursor", "jules"],
  minutes: 95,
  estimateMinutes: 30,
  failures: [
    { reason: "checks_failed", times: 2 },
    { reason: "timeout", times: 1 },
  ],
  sentBack: 1,
  costUsd: 2.5,
};

const improvements: readonly Improvement[] = [
  { code: "same_failure", reason: "checks_failed", times: 2, tasks: ["#12"] },
  { code: "failing_agent", agent: "cursor", failed: 2, attempts: 3 },
  { code: "many_attempts", tasks: ["#12"] },
  { code: "underestimated", tasks: ["#12"] },
];

const facts: Retrospective = {
  at: "2026-11-22T09:00:00.000Z",
  tasks: [task, { ...task, ...head, attempts: 0, agents: [], minutes: 0, failures: [], sentBack: 0, costUsd: 0 }],
  agents: [{ agent: "cursor", tasks: 1, attempts: 3, failed: 2, minutes: 95, costUsd: 2.5 }],
  wentWell: [{ code: "not_sent_back", tasks: 2 }],
  improvements,
  next: [head, { ...head, reference: "#13", title: "Endpoints" }],
};

describe("the page of a retrospective", () => {
  test("tells the tasks, what went well, what to improve and do, and what is next", () => {
    expect(renderRetrospective("acme/shop", 4, facts)).toBe(`# Retrospective 4, 2026-11-22

acme/shop: 2 completed tasks, until 2026-11-22 09:00 UTC.

## Tasks

- [#12](https://github.test/o/r/issues/12) Schema: 3 attempts by \`cursor\`, \`jules\`; 1 h 35 min of work, estimated at 30 min; checks failed (2 times); the session took longer than the agent's timeout; sent back once; $2.50
- [#12](https://github.test/o/r/issues/12) Schema: without an agent

## Agents

| agent | tasks | attempts | failed | work | cost |
| --- | --- | --- | --- | --- | --- |
| \`cursor\` | 1 | 3 | 2 | 1 h 35 min | $2.50 |

## What went well

- Nothing was sent back by checks, reviewers or conflicts.

## What to improve

- The same failure twice (#12): checks failed.
- \`cursor\` failed at 2 of 3 attempts, more often than others.
- Three attempts or more: #12.
- More than twice the estimate: #12.

## Action items

- [ ] Tell agents how to run the checks before they push, in the repository's instructions for agents or as a criterion: \`orchestrate prep <task> --criterion <text>\`.
- [ ] Give \`cursor\` less of such work: lower its \`agents[].capabilities\` or \`capacity\`, or name another agent with \`/orchestrate assign <agent>\`.
- [ ] Split such tasks before they are started: \`/orchestrate split\`.
- [ ] Estimate such tasks higher (\`/orchestrate estimate <t>\`, or a label \`estimate:<t>\`), or split them with \`/orchestrate split\`.

## Next

1. [#12](https://github.test/o/r/issues/12) Schema
2. [#13](https://github.test/o/r/issues/12) Endpoints
`);
  });

  test("says that nothing was completed, and what is next all the same", () => {
    const empty = { ...facts, tasks: [], agents: [], wentWell: [], improvements: [] };
    const page = toPlainPage(renderRetrospective("acme/shop", null, empty));
    expect(page).toBe(`Retrospective, 2026-11-22:

acme/shop: no task has been completed yet.

Next:
1. #12 Schema
2. #13 Endpoints`);
  });

  test("has something to do about every kind of failure, which is said once", () => {
    for (const reason of failureReasons) {
      const one: Improvement = { code: "same_failure", reason, times: 3, tasks: ["#1"] };
      const page = renderRetrospective("acme/shop", 1, { ...facts, improvements: [one, one] });
      expect(page.match(/^- \[ \] .+\.$/gm)).toHaveLength(1);
    }
  });

  test("gives words of strangers no power", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const page = renderRetrospective(text, 1, {
          ...facts,
          improvements: [],
          tasks: [{ ...task, title: text, url: text }],
          next: [{ ...head, title: text, url: text }],
        });
        expect(page).not.toMatch(/<(?!\u200B)[a-z/!]|@(?!&)\w|!\[|\]\(https:\/\/evil|^#{1,6} Heading/im);
      }),
    );
  });
});

test("the document has the words of each finding, and what to do about a bad one", () => {
  const { wentWell, improvements: bad } = toRetrospectiveDocument(facts);
  expect(wentWell).toEqual([
    { code: "not_sent_back", tasks: 2, text: "Nothing was sent back by checks, reviewers or conflicts." },
  ]);
  expect(bad[2]).toEqual({
    code: "many_attempts",
    tasks: ["#12"],
    text: "Three attempts or more: #12.",
    action: "Split such tasks before they are started: `/orchestrate split`.",
  });
});

test("the file is named by its number", () => {
  expect(retrospectiveFilePath(4)).toBe("reports/retrospective-4.md");
});
