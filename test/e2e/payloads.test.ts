/** Every webhook that GitHub is known to send goes through the App: none brings it down, none makes it write. */
import examples from "@octokit/webhooks-examples/api.github.com/index.json" with { type: "json" };
import { expect, test } from "vitest";
import { givenE2e, minute, type E2e } from "../support/e2e-world.ts";

/** Two issues that nobody has selected: whatever is written about them was not asked for. */
const backlog = `
repository: acme/shop
config: { agents: [{ id: jules, type: jules, dispatch: api }] }
issues: [{ key: a, title: First }, { key: b, title: Second }]
`;

interface Example {
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const recorded: readonly Example[] = examples.flatMap(({ name, examples: payloads }) =>
  payloads.map((payload) => ({ event: name, payload: payload as Readonly<Record<string, unknown>> })),
);

async function givenQuietApp(): Promise<E2e> {
  const e2e = await givenE2e(backlog);
  for (const number of [1, 2]) await e2e.world.removeLabel({ by: "maria", number, label: "orchestrate" });
  await e2e.startApp();
  await e2e.pass(2 * minute);
  return e2e;
}

/** What only a write would change. */
function traces({ world, rejected }: E2e): unknown {
  const { mutations, stateCommits, contentCreations } = world.counters;
  const comments = world.issues().flatMap((issue) => issue.comments.length);
  return { mutations, stateCommits, contentCreations, comments, rejected: [...rejected] };
}

/** The repository and installation of the embedded GitHub, as its own webhooks name them. */
function ownPlace(e2e: E2e): {
  readonly repository: Readonly<Record<string, unknown>>;
  readonly installation: unknown;
} {
  const { repository, installation } = JSON.parse(
    e2e.deliveries.findLast(({ event }) => event === "issues")?.body ?? "{}",
  );
  return { repository, installation };
}

async function expectSilence(e2e: E2e, webhooks: readonly Example[]): Promise<void> {
  const before = traces(e2e);
  for (const webhook of webhooks) await e2e.post(webhook);
  await e2e.pass(2 * minute);
  expect(traces(e2e)).toEqual(before);
  expect(e2e.journal.filter(({ level }) => level === "error")).toEqual([]);
}

test("every recorded payload of GitHub, as it was recorded, is taken without a crash or a write", async () => {
  expect(recorded.length).toBeGreaterThan(200);
  await expectSilence(await givenQuietApp(), recorded);
});

test("every recorded payload, said of the App's own repository, is taken without a crash or a write", async () => {
  const e2e = await givenQuietApp();
  const own = ownPlace(e2e);
  const renamed = recorded.map(({ event, payload }) => ({
    event,
    payload: {
      ...payload,
      installation: own.installation,
      ...("repository" in payload ? { repository: own.repository } : {}),
    },
  }));
  const readsBefore = e2e.world.counters.graphqlPoints;
  await expectSilence(e2e, renamed);
  expect(e2e.world.counters.graphqlPoints, "The App looked where the payloads pointed").toBeGreaterThan(readsBefore);
});

const foreign = { id: 4_711, full_name: "elsewhere/secret", name: "secret", owner: { login: "elsewhere" } };

function relations(own: ReturnType<typeof ownPlace>): readonly Example[] {
  const issue = (number: number) => ({ id: 900 + number, number, title: `Issue ${number}`, state: "open" });
  const sender = { login: "maria", id: 5, type: "User" };
  const { repository } = own;
  const edges = ["blocked_by_added", "blocked_by_removed", "blocking_added", "blocking_removed"].flatMap((action) => [
    {
      action,
      blocked_issue_id: 901,
      blocked_issue: issue(1),
      blocking_issue_id: 902,
      blocking_issue: issue(2),
      blocking_issue_repo: repository,
    },
    {
      action,
      blocked_issue_id: 901,
      blocked_issue: issue(1),
      blocking_issue_id: 909,
      blocking_issue: issue(9),
      blocking_issue_repo: foreign,
    },
    { action, blocked_issue: issue(404), blocking_issue: issue(405) },
    { action, blocked_issue: null, blocking_issue: "what?" },
  ]);
  const children = ["sub_issue_added", "sub_issue_removed", "parent_issue_added", "parent_issue_removed"].flatMap(
    (action) => [
      {
        action,
        parent_issue_id: 901,
        parent_issue: issue(1),
        sub_issue_id: 902,
        sub_issue: issue(2),
        sub_issue_repo: repository,
      },
      {
        action,
        parent_issue_id: 901,
        parent_issue: issue(1),
        parent_issue_repo: foreign,
        sub_issue_id: 902,
        sub_issue: issue(2),
      },
      { action, parent_issue: [], sub_issue: { number: -1 } },
    ],
  );
  return [
    ...edges.map((payload) => ({ event: "issue_dependencies", payload: { ...payload, ...own, sender } })),
    ...children.map((payload) => ({ event: "sub_issues", payload: { ...payload, ...own, sender } })),
  ];
}

test("webhooks of dependencies and sub-issues, which no example covers, are taken without a crash or a write", async () => {
  const e2e = await givenQuietApp();
  await expectSilence(e2e, relations(ownPlace(e2e)));
});

test("payloads of no known shape are taken without a crash or a write", async () => {
  const e2e = await givenQuietApp();
  const own = ownPlace(e2e);
  const shapes = [
    {},
    { action: 5 },
    { issue: null },
    { issue: { number: "1; rm -rf /" } },
    { comment: [], issue: {} },
    { ref: {}, commits: null },
  ];
  const events = [
    "issues",
    "issue_comment",
    "pull_request",
    "push",
    "check_run",
    "check_suite",
    "workflow_run",
    "status",
    "installation",
    "made_up",
  ];
  await expectSilence(
    e2e,
    events.flatMap((event) => shapes.map((shape) => ({ event, payload: { ...own, ...shape } }))),
  );
});
