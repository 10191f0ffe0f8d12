/** What goes to the webhook: hostile words in it do nothing in any chat, and the page about it shows what is sent. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { toTaskView } from "../../src/engine/task-views.ts";
import type { Alert } from "../../src/model/alert.ts";
import { toAlertMessage, toProgressMessage } from "../../src/views/alert-message.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { observe, say, schedule, story, taskAt } from "../support/given.ts";

const sender = { stream: "gh:7", repository: "acme/shop" };
const asked: Alert = {
  code: "needs_person",
  subject: taskId(1),
  severity: "critical",
  detail: "It is stuck.",
  suggestion: "",
  state: "raised",
  since: 1_000_000,
  at: 1_000_000,
};

function failed(title = "Add a search box", reason = "The tests never ran.") {
  const it = story(configOf({ retry: { maxAttempts: 1 } }));
  it.tell(observe({ issues: [issue(1, { title })] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  it.tell(say(1, 1, report("failed", { reason })));
  return toTaskView(it.state, taskAt(it, 1), { now: it.now, config: it.config });
}

test("the page shows the keys that are sent, of the alert, its task and its attempts", async () => {
  const page = await readFile("docs/alerts.md", "utf8");
  const shown = JSON.parse(/```json\n(?<json>[^]*?)```/.exec(page)?.groups?.["json"] ?? "") as Record<string, unknown>;
  const { document } = toAlertMessage(sender, asked, failed());
  const keysOf = (value: Record<string, unknown>): readonly unknown[] => {
    const task = value["task"] as { readonly attempts: readonly object[] };
    return [Object.keys(value), Object.keys(task), task.attempts.map((attempt) => Object.keys(attempt))];
  };
  expect(keysOf(shown)).toEqual(keysOf(document));
  const figures = { active: 1, ready: 1, heldBack: 0, blocked: 0, open: 2, started: 1, completed: 0, failed: 0 };
  const progress = toProgressMessage(sender, { since: 0, at: 1, ...figures }).document;
  const row = /`progress` has (?<keys>.+)\./.exec(page)?.groups?.["keys"] ?? "";
  expect([...row.matchAll(/`(\w+)`/g)].map(([, key]) => key)).toEqual(Object.keys(progress));
});

test("titles and reasons of strangers call nobody, hide no link and break no line", () => {
  const hostile = "<!channel> @everyone [click](https://evil.example) <https://evil.example|docs>\n\u202Eend";
  const { text, document } = toAlertMessage(sender, { ...asked, detail: hostile }, failed(hostile, hostile));
  expect(text.split("\n")).toHaveLength(4);
  expect(text).not.toMatch(/[<>]|@\w|\]\(|\u202E/);
  expect(text).toContain("‹!channel›");
  // For programs it is what was written.
  expect(document["detail"]).toBe(hostile);
});

test("whoever is asked is told what to write, for each way in which a task stands still", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] }));
  it.tell(observe({ issues: [issue(1), issue(2)] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  const suggestionFor = (number: number): unknown => {
    const view = toTaskView(it.state, taskAt(it, number), { now: it.now, config: it.config });
    return toAlertMessage(sender, { ...asked, subject: taskId(number) }, view).document["suggestion"];
  };
  expect(suggestionFor(1)).toMatch(/at work.*\/orchestrate cancel ends the session, \/orchestrate handoff/);
  expect(suggestionFor(2)).toMatch(/\/orchestrate explain says what it waits for, \/orchestrate assign/);
});

test("the end is told with how long it was so, and without advice", () => {
  const { text, document } = toAlertMessage(
    sender,
    { ...asked, state: "cleared", at: asked.since + 3_600_000 },
    failed(),
  );
  expect(text).toMatch(
    /^✅ acme\/shop: a person is needed no more, #1 Add a search box https:\S+\nIt is stuck\.\nIt was so for 1 h\.$/,
  );
  expect(document["suggestion"]).toBe("");
});

test("a message is bounded, whatever strangers wrote", () => {
  const long = "word ".repeat(500);
  const { text } = toAlertMessage(sender, { ...asked, detail: long }, failed(long.slice(0, 250), long));
  expect(text.length).toBeLessThan(4_000);
});
