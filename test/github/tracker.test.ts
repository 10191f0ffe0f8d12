import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { toAgentId, toWorkerId } from "../../src/model/ids.ts";
import { TrackerUnavailable } from "../../src/ports/tracker.ts";
import type { IssueSurface, Wanted } from "../../src/ports/tracker.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { stickyMarker } from "../../src/github/sticky.ts";
import { stickyMarker as renderedMarker } from "../../src/views/sticky-comment.ts";
import { createEmbedded } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";

const nothing: Wanted = { everything: false, issues: [], pulls: [], commits: [], tracked: [] };
const everything: Wanted = { ...nothing, everything: true };

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

async function open(title: string, body = "", labels = ["orchestrate"]) {
  return github.world.openIssue({ by: "ada", title, body, labels });
}

async function lookAt(number: number): Promise<IssueFacts> {
  const { issues } = await github.tracker.look({ ...nothing, issues: [number] });
  const [facts] = issues;
  if (facts === undefined) throw new Error(`#${number} was not read`);
  return facts;
}

function surfaceOf(facts: IssueFacts, more: Partial<IssueSurface> = {}): IssueSurface {
  return {
    task: facts.id,
    node: facts.node,
    number: facts.number,
    labels: [],
    labelsBefore: [],
    comment: null,
    commentNode: null,
    state: "leave",
    ...more,
  };
}

function labelsOf(facts: IssueFacts): readonly string[] {
  return facts.labels.toSorted();
}

describe("a full look", () => {
  test("reads every open selected issue with its identity, its text's hash and who selected it", async () => {
    const issue = await open("Build it", "All of it");
    await open("Not ours", "", []);
    const observation = await github.tracker.look(everything);
    expect(observation.isComplete).toBe(true);
    expect(observation.issues).toHaveLength(1);
    expect(observation.issues[0]).toMatchObject({
      number: issue.number,
      title: "Build it",
      author: "ada",
      state: "open",
      stateReason: null,
      labels: ["orchestrate"],
      selectedBy: { actor: { login: "ada", kind: "user", permission: "admin" } },
      editedBy: null,
      blockedBy: [],
      children: [],
    });
    expect(observation.issues[0]?.id).toMatch(new RegExp(`^gh:\\d+:${issue.id}$`));
    const brief = await github.tracker.brief(issue.number);
    expect(brief?.hash).toBe(observation.issues[0]?.hash);
  });

  test("costs at most eight points for a page of issues and its pull requests", async () => {
    for (let count = 0; count < 30; count += 1) await open(`Issue ${count}`, `Blocked by #${count + 2}`);
    const before = github.world.counters.graphqlPoints;
    expect((await github.tracker.look(everything)).issues).toHaveLength(30);
    expect(github.world.counters.graphqlPoints - before).toBeLessThanOrEqual(8);
  });

  test("tells native blockers, those of the text, and children apart, and names what nobody finds", async () => {
    const first = await open("First");
    const second = await open("Second", "", []);
    const third = await open("Third", `Blocked by #${first.number}, #${second.number} and #99. Soft depends on x/y#1.`);
    await github.world.addDependency({ by: "ada", number: third.number, blockedBy: first.number });
    const child = await open("Child");
    await github.world.addSubIssue({ by: "ada", parent: third.number, child: child.number });
    await github.world.closeIssue({ by: "ada", number: second.number, reason: "not_planned" });
    const facts = await lookAt(third.number);
    expect(facts.blockedBy.map(({ reference, kind, source, state }) => ({ reference, kind, source, state }))).toEqual([
      { reference: `#${first.number}`, kind: "hard", source: "native", state: "open" },
      { reference: `#${second.number}`, kind: "hard", source: "body", state: "not_planned" },
      { reference: "#99", kind: "hard", source: "body", state: "missing" },
      { reference: "x/y#1", kind: "soft", source: "body", state: "missing" },
    ]);
    expect(facts.children).toMatchObject([{ reference: `#${child.number}`, source: "sub_issue", state: "open" }]);
    expect(facts.blockedBy[0]?.id).toBe((await lookAt(first.number)).id);
  });

  test("says who closed, edited and renamed, with the permission they have", async () => {
    const issue = await github.world.openIssue({ by: "rita", title: "Words", body: "" });
    await github.clock.advance(5_000);
    await github.world.editIssue({ by: "rita", number: issue.number, title: "Other words" });
    await github.world.closeIssue({ by: "tess", number: issue.number });
    const facts = await lookAt(issue.number);
    expect(facts.editedBy).toMatchObject({ login: "rita", permission: "read" });
    expect(facts.closedBy).toMatchObject({ login: "tess", permission: "triage" });
    expect(facts.stateReason).toBe("completed");
  });

  test("finds who selected an issue behind more labelling than one page holds", async () => {
    const issue = await open("Busy");
    for (let round = 0; round < 60; round += 1) {
      await github.world.addLabel({ by: "walt", number: issue.number, label: "noise" });
      await github.world.removeLabel({ by: "walt", number: issue.number, label: "noise" });
    }
    expect((await lookAt(issue.number)).selectedBy?.actor.login).toBe("ada");
  });

  test("says what is gone, and that a number that never was is not readable", async () => {
    const issue = await open("Short-lived");
    const { id, node, number } = await lookAt(issue.number);
    await github.world.deleteIssue({ by: "ada", number });
    const observation = await github.tracker.look({ ...nothing, issues: [4_711], tracked: [{ id, node, number }] });
    expect(observation.gone).toEqual([{ id, reason: "deleted" }]);
    expect(observation.unreadable).toEqual([{ number: 4_711, reason: "there is no issue #4711", isAbsent: true }]);
  });

  test("names a transferred issue as such", async () => {
    const issue = await open("Wanderer");
    const { id, node, number } = await lookAt(issue.number);
    await github.world.transferIssue({ by: "ada", number, to: "ada/other" });
    const { gone } = await github.tracker.look({ ...nothing, tracked: [{ id, node, number }] });
    expect(gone).toEqual([{ id, reason: "transferred" }]);
  });

  test("sets an issue aside whose part of the answer is bad, and reads the others", async () => {
    const good = await open("Good");
    const bad = await open("Bad");
    github.interfere = async (request) => {
      const text = await request.text();
      if (!text.includes("issueOrPullRequest")) return null;
      const answer = await github.world.handle(
        new Request(request.url, { method: "POST", headers: request.headers, body: text }),
      );
      const body = (await answer.json()) as {
        data: { repository: Record<string, { number: number; title: unknown }> };
      };
      for (const node of Object.values(body.data.repository)) if (node.number === bad.number) node.title = 5;
      return Response.json(body);
    };
    const observation = await github.tracker.look({ ...nothing, issues: [good.number, bad.number] });
    expect(observation.issues.map((issue) => issue.number)).toEqual([good.number]);
    expect(observation.unreadable).toMatchObject([{ number: bad.number }]);
  });

  test("halves a batch that GitHub cannot answer in time until the one bad issue is alone", async () => {
    const numbers: number[] = [];
    for (let count = 0; count < 5; count += 1) numbers.push((await open(`Issue ${count}`)).number);
    const bad = numbers[3] ?? 0;
    github.interfere = async (request) => {
      if (!request.url.endsWith("/graphql")) return null;
      const { variables } = (await request.json()) as { variables: Record<string, unknown> };
      return Object.values(variables).includes(bad) ? new Response("{}", { status: 502 }) : null;
    };
    const observation = await github.tracker.look({ ...nothing, issues: numbers });
    expect(observation.issues).toHaveLength(4);
    expect(observation.unreadable).toMatchObject([{ number: bad }]);
  });
});

describe("a pull request", () => {
  async function openPull(body: string) {
    const { sha } = await github.world.push({
      by: "walt",
      branch: "orchestrate/1-topic",
      from: "main",
      files: { "a.txt": "a\n" },
      message: "Add a",
    });
    const pull = await github.world.openPull({ by: "walt", branch: "orchestrate/1-topic", title: "Add a", body });
    return { sha, number: pull.number };
  }

  test("is read with its marker, what it closes, its checks and who merged it", async () => {
    const issue = await open("Add a");
    const { id } = await lookAt(issue.number);
    const { sha, number } = await openPull(`Fixes #${issue.number}\n<!-- orchestrate:task=${id} attempt=1 fence=3 -->`);
    const read = async () => (await github.tracker.look({ ...nothing, pulls: [number] })).pulls[0];
    expect(await read()).toMatchObject({
      state: "open",
      branch: "orchestrate/1-topic",
      sha,
      isSameRepository: true,
      baseIsDefault: true,
      author: { login: "walt", permission: "write" },
      marker: { task: id, fence: 3 },
      closes: [id],
      checks: "none",
      requiredChecks: "pending",
      mergeable: "yes",
      mergedBy: null,
    });
    await github.world.check({ sha, name: "ci", status: "completed", conclusion: "failure" });
    expect(await read()).toMatchObject({ checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] });
    await github.world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
    expect(await read()).toMatchObject({ checks: "success", requiredChecks: "success", failedChecks: [] });
    await github.world.mergePull({ by: "ada", number });
    const merged = await read();
    expect(merged).toMatchObject({
      state: "merged",
      requiredChecks: "success",
      mergedBy: { login: "ada", permission: "admin" },
    });
    expect(merged?.mergedAt).toBeGreaterThan(0);
  });

  test("is found by the commit whose checks changed, by its number among issues, and in a full look", async () => {
    const { sha, number } = await openPull("");
    for (const wanted of [{ ...nothing, commits: [sha] }, { ...nothing, issues: [number] }, everything]) {
      const { pulls, unreadable } = await github.tracker.look(wanted);
      expect(pulls.map((pull) => pull.number)).toEqual([number]);
      expect(unreadable).toEqual([]);
    }
    expect((await github.tracker.look({ ...nothing, commits: ["0".repeat(40)] })).pulls).toEqual([]);
  });
});

describe("writing", () => {
  test("brings many issues to their surface in one mutation, and repeats nothing that is there", async () => {
    const facts: IssueFacts[] = [];
    for (let count = 0; count < 4; count += 1) facts.push(await lookAt((await open(`Issue ${count}`)).number));
    const surfaces = facts.map((each) => surfaceOf(each, { labels: ["status:ready"], comment: "Waiting." }));
    await github.tracker.write([surfaceOf(facts[0] as IssueFacts, { labels: ["status:ready"] })]);
    github.documents.length = 0;
    const outcomes = await github.tracker.write(surfaces);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(["written", "written", "written", "written"]);
    expect(github.documents.filter((text) => text.includes("mutation"))).toHaveLength(1);
    for (const each of facts) {
      expect(labelsOf(await lookAt(each.number))).toEqual(["orchestrate", "status:ready"]);
      expect(github.world.issue(each.number).comments).toHaveLength(1);
    }
    const again = surfaces.map((surface, index) => {
      const outcome = outcomes[index];
      const commentNode = outcome?.kind === "written" ? outcome.commentNode : null;
      return {
        ...surface,
        labels: ["status:assigned"],
        labelsBefore: ["status:ready"],
        commentNode,
        comment: "Taken.",
      };
    });
    await github.tracker.write(again);
    const first = facts[0] as IssueFacts;
    expect(labelsOf(await lookAt(first.number))).toEqual(["orchestrate", "status:assigned"]);
    expect(github.world.issue(first.number).comments.map((comment) => comment.body)).toEqual([
      "<!-- orchestrate:sticky -->\nTaken.",
    ]);
  });

  test("edits its comment again after the answer was lost, instead of making a second one", async () => {
    const facts = await lookAt((await open("Lost answer")).number);
    const surface = surfaceOf(facts, { comment: "Hello." });
    github.interfere = async (request) => {
      const text = await request.clone().text();
      if (!text.includes("addComment")) return null;
      await github.world.handle(new Request(request.url, { method: "POST", headers: request.headers, body: text }));
      return new Response("{}", { status: 502 });
    };
    expect((await github.tracker.write([surface]))[0]?.kind).toBe("delayed");
    github.interfere = () => null;
    const tracker = github.restart();
    expect((await tracker.write([{ ...surface, comment: "Hello again." }]))[0]?.kind).toBe("written");
    const { comments } = github.world.issue(facts.number);
    expect(comments.map((comment) => comment.body)).toEqual(["<!-- orchestrate:sticky -->\nHello again."]);
  });

  test("knows its comment by the marker that the views begin it with", () => {
    expect(stickyMarker).toBe(renderedMarker);
  });

  test("does not take a stranger's comment with our marker for its own", async () => {
    const issue = await open("Impostor");
    await github.world.comment({ by: "rita", number: issue.number, body: "<!-- orchestrate:sticky -->\nmine" });
    await github.tracker.write([surfaceOf(await lookAt(issue.number), { comment: "Ours." })]);
    expect(github.world.issue(issue.number).comments.map((comment) => comment.body)).toEqual([
      "<!-- orchestrate:sticky -->\nmine",
      "<!-- orchestrate:sticky -->\nOurs.",
    ]);
  });

  test("makes a comment again that was deleted, and drops only the issue that is gone", async () => {
    const kept = await lookAt((await open("Kept")).number);
    const lost = await lookAt((await open("Lost")).number);
    await github.world.deleteIssue({ by: "ada", number: lost.number });
    const outcomes = await github.tracker.write([
      surfaceOf(kept, { comment: "Back.", commentNode: "IC_kwDOAAAAAAAAAA" }),
      surfaceOf(lost, { comment: "Nowhere.", labels: ["status:ready"] }),
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(["written", "dropped"]);
    expect(github.world.issue(kept.number).comments).toHaveLength(1);
  });

  test("closes as completed and reopens", async () => {
    const facts = await lookAt((await open("Done")).number);
    await github.tracker.write([surfaceOf(facts, { state: "closed" })]);
    expect(await lookAt(facts.number)).toMatchObject({ state: "closed", stateReason: "completed" });
    await github.tracker.write([surfaceOf(facts, { state: "open" })]);
    expect(await lookAt(facts.number)).toMatchObject({ state: "open", stateReason: null });
  });

  test("reacts to comments, and drops those that are gone", async () => {
    const issue = await open("Talk");
    const comment = await github.world.comment({ by: "walt", number: issue.number, body: "/orchestrate help" });
    const outcomes = await github.tracker.react([
      { comment: comment.node, reaction: "eyes" },
      { comment: "IC_kwDOAAAAAAAAAA", reaction: "+1" },
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(["written", "dropped"]);
    expect(github.world.issue(issue.number).comments[0]?.reactions).toHaveLength(1);
  });

  test("is delayed, not lost, while a secondary limit holds, and asks nothing more before it ends", async () => {
    const facts = await lookAt((await open("Limited")).number);
    github.interfere = () =>
      Response.json(
        { message: "You have exceeded a secondary rate limit." },
        { status: 403, headers: { "retry-after": "30" } },
      );
    const [outcome] = await github.tracker.write([surfaceOf(facts, { comment: "x" })]);
    expect(outcome).toMatchObject({ kind: "delayed", retryAfterMs: 30_000 });
    github.interfere = () => null;
    github.requests.length = 0;
    expect((await github.tracker.write([surfaceOf(facts, { comment: "x" })]))[0]?.kind).toBe("delayed");
    expect(github.requests).toEqual([]);
    await github.clock.advance(30_000);
    expect((await github.tracker.write([surfaceOf(facts, { comment: "x" })]))[0]?.kind).toBe("written");
  });
});

describe("a poll", () => {
  async function settle(): Promise<void> {
    await github.tracker.poll();
    for (let count = 0; count < 5; count += 1) await github.tracker.poll();
    github.requests.length = 0;
  }

  test("asks for a full read first, because nobody knows what happened before", async () => {
    expect((await github.tracker.poll()).wanted).toBeNull();
  });

  test("costs two requests and no points while nothing happens", async () => {
    await open("Still");
    await settle();
    const before = github.world.counters.graphqlPoints;
    for (let count = 0; count < 4; count += 1) {
      expect((await github.tracker.poll()).wanted).toEqual(nothing);
    }
    expect(github.requests.length).toBeLessThanOrEqual(8);
    expect(github.world.counters.graphqlPoints).toBe(before);
  });

  test("names what changed, once", async () => {
    const issue = await open("Moves");
    await settle();
    await github.clock.advance(60_000);
    await github.world.addLabel({ by: "ada", number: issue.number, label: "hold" });
    expect((await github.tracker.poll()).wanted?.issues).toEqual([issue.number]);
    expect((await github.tracker.poll()).wanted?.issues).toEqual([]);
  });

  test("finds an edge that was added, although the issue looks unchanged", async () => {
    const first = await open("First");
    const second = await open("Second");
    await settle();
    await github.clock.advance(60_000);
    await github.world.addDependency({ by: "ada", number: second.number, blockedBy: first.number });
    const found = new Set<number>();
    for (let count = 0; count < 4; count += 1) {
      for (const number of (await github.tracker.poll()).wanted?.issues ?? []) found.add(number);
    }
    expect(found).toContain(second.number);
  });

  test("hears a slash command whose webhook was lost, once, with the permission of its author", async () => {
    const issue = await open("Talk");
    await settle();
    await github.clock.advance(60_000);
    await github.world.comment({ by: "walt", number: issue.number, body: "/orchestrate retry" });
    await github.world.comment({ by: "rita", number: issue.number, body: "nothing to do with it" });
    const { comments } = await github.tracker.poll();
    expect(comments).toMatchObject([
      { number: issue.number, by: { login: "walt", permission: "write" }, body: "/orchestrate retry" },
    ]);
    expect(comments[0]?.task).toBe((await lookAt(issue.number)).id);
    expect((await github.tracker.poll()).comments).toEqual([]);
  });

  test("says that the configuration and the state branch moved", async () => {
    await settle();
    await github.world.push({
      by: "ada",
      branch: "main",
      files: { ".github/orchestrate.yml": "mode: attack\n" },
      message: "x",
    });
    await github.world.push({
      by: "ada",
      branch: "orchestrate/state",
      from: "main",
      files: { "a.txt": "a" },
      message: "x",
    });
    let configurationMoved = 0;
    let stateMoved = 0;
    for (let count = 0; count < 8; count += 1) {
      const poll = await github.tracker.poll();
      configurationMoved += Number(poll.configurationMoved);
      stateMoved += Number(poll.stateMoved);
    }
    expect([configurationMoved, stateMoved]).toEqual([1, 1]);
    expect((await github.tracker.configuration())?.text).toBe("mode: attack\n");
  });

  test("names again what a failed look owed", async () => {
    await settle();
    github.interfere = () => new Response("{}", { status: 500 });
    await expect(github.tracker.look({ ...nothing, issues: [3], pulls: [4] })).rejects.toThrow(TrackerUnavailable);
    await expect(github.tracker.poll()).rejects.toThrow(TrackerUnavailable);
    github.interfere = () => null;
    expect((await github.tracker.poll()).wanted).toMatchObject({ issues: [3], pulls: [4] });
  });
});

describe("the rest of the port", () => {
  test("resolves the reference of a command, and says when there is none", async () => {
    const issue = await open("Here");
    expect(await github.tracker.resolve({ repository: null, number: issue.number })).toMatchObject({
      reference: `#${issue.number}`,
      source: "command",
      state: "open",
    });
    expect(await github.tracker.resolve({ repository: null, number: 4_711 })).toBeNull();
    expect(await github.tracker.resolve({ repository: "x/y", number: 1 })).toBeNull();
  });

  test("has no configuration and no brief where there is none", async () => {
    expect(await github.tracker.configuration()).toBeNull();
    expect(await github.tracker.brief(4_711)).toBeNull();
  });

  test("says on the commit what is wrong with the configuration, once, and that it is right again", async () => {
    const { sha } = await github.world.push({
      by: "ada",
      branch: "main",
      files: { ".github/orchestrate.yml": "mode: nonsense\n" },
      message: "Configure",
    });
    await github.tracker.reportConfiguration("blob", ["line 1: mode: nonsense is not a mode"]);
    await github.tracker.reportConfiguration("blob", ["line 1: mode: nonsense is not a mode"]);
    expect(github.world.checks(sha).map((check) => check.conclusion)).toEqual(["failure"]);
    expect(github.world.checks(sha)[0]?.output.summary).toContain("line 1: mode: nonsense is not a mode");
    expect(await github.tracker.reportConfiguration("blob2", [])).toMatchObject({ kind: "written" });
  });

  test("adds the label that a vendor listens to", async () => {
    const issue = await open("For Jules");
    expect(await github.tracker.label(issue.number, "jules")).toMatchObject({ kind: "written" });
    expect(labelsOf(await lookAt(issue.number))).toEqual(["jules", "orchestrate"]);
    expect(await github.tracker.label(4_711, "jules")).toMatchObject({ kind: "dropped" });
  });

  test("puts a label that stands since an earlier attempt on anew, so that its vendor hears it, and once however often it is asked for", async () => {
    const issue = await open("For Jules, again");
    const heard: boolean[] = [];
    github.world.onTimeline(({ action, target, detail }) => {
      if (action === "label" && target === `#${issue.number}` && detail["label"] === "jules")
        heard.push(detail["added"] === true);
    });
    await github.tracker.label(issue.number, "jules");
    await github.tracker.label(issue.number, "jules", null);
    expect(heard).toEqual([true]);
    await github.clock.advance(60_000);
    const since = github.clock.now();
    await github.clock.advance(30_000);
    await github.tracker.label(issue.number, "jules", since);
    expect(heard).toEqual([true, false, true]);
    await github.tracker.label(issue.number, "jules", since);
    expect(heard).toEqual([true, false, true]);
    await github.world.removeLabel({ by: "ada", number: issue.number, label: "jules" });
    await github.tracker.label(issue.number, "jules", since);
    expect(heard).toEqual([true, false, true, false, true]);
  });

  test("leaves bots out and cuts nothing else from what it hears", async () => {
    const author = { login: "walt", id: 5, isBot: false };
    const hint = {
      kind: "comment",
      comment: "IC_1",
      databaseId: 1,
      number: 2,
      task: "gh:1:2" as never,
      author,
    } as const;
    const heard = await github.tracker.hear([
      { ...hint, body: "/orchestrate help" },
      { ...hint, author: { login: "x[bot]", id: 6, isBot: true }, body: "/orchestrate help" },
      { ...hint, author: { login: "stranger", id: 7, isBot: false }, body: "/orchestrate help" },
    ]);
    expect(heard.map((each) => [each.by.login, each.by.permission])).toEqual([
      ["walt", "write"],
      ["stranger", "none"],
    ]);
  });

  test("tells the operator what to do when the key was revoked", async () => {
    await github.tracker.look(everything);
    github.world.revokeApp();
    await expect(github.tracker.look(everything)).rejects.toThrow(/Set a current private key or token/);
  });
});

describe("the agent workflow", () => {
  const inputs = {
    mode: "start-agent",
    task: "gh:1:2" as never,
    agent: "jules" as never,
    attempt: 1,
    fence: 3,
  } as const;
  const workflow = `name: agent
run-name: \${{ inputs.name }}
on:
  workflow_dispatch:
    inputs:
      mode: { required: true }
      task: { required: true }
      agent: { required: true }
      attempt: { required: true }
      fence: { required: true }
      name: { required: true }
jobs: {}
`;

  test("that is not there is a refusal that says what to add", async () => {
    expect(await github.runs.dispatch(inputs, false)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining(".github/workflows/orchestrate-agent.yml is not on the default branch"),
    });
  });

  test("is dispatched once, also when the answer is lost and it is asked for again", async () => {
    await github.world.push({
      by: "ada",
      branch: "main",
      files: { ".github/workflows/orchestrate-agent.yml": workflow },
      message: "Add the workflow",
    });
    const first = await github.runs.dispatch(inputs, false);
    expect(first.kind).toBe("dispatched");
    expect(await github.runs.dispatch(inputs, true)).toEqual(first);
    const run = first.kind === "dispatched" ? first.run : "";
    expect(await github.runs.inspect(run)).toMatchObject({ state: "queued" });
    await github.world.moveRun(Number(run), "in_progress");
    expect(await github.runs.inspect(run)).toMatchObject({ state: "running" });
    await github.world.moveRun(Number(run), "completed", "success");
    expect(await github.runs.inspect(run)).toMatchObject({ state: "ended" });
    expect(await github.runs.inspect("99999999")).toMatchObject({ state: "not_found" });
    expect(github.world.run(Number(run)).displayTitle).toBe("orchestrate gh:1:2 1/3 start-agent");
  });

  test("of the repository's own is dispatched by its file, says how it ended, and can be cancelled", async () => {
    const custom = { file: "my-agent.yml", worker: toWorkerId(toAgentId("mine"), 1), issue: 5 };
    expect(await github.runs.dispatch({ ...inputs, custom }, false)).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/my-agent\.yml is not on the default branch.*docs\/custom-agent\.md/),
    });
    const file = await readFile(resolve(import.meta.dirname, "../../docs/examples/custom-agent.yml"), "utf8");
    await github.world.push({
      by: "ada",
      branch: "main",
      files: { ".github/workflows/my-agent.yml": file },
      message: "Add the workflow",
    });
    const first = await github.runs.dispatch({ ...inputs, custom }, false);
    expect(await github.runs.dispatch({ ...inputs, custom }, true)).toEqual(first);
    const run = first.kind === "dispatched" ? first.run : "";
    expect(github.world.run(Number(run)).inputs).toMatchObject({ worker: "mine/1", issue: "5", fence: "3" });
    expect(await github.runs.inspect(run)).toEqual({ state: "queued", conclusion: null });
    expect(await github.runs.cancel(run)).toEqual({ kind: "requested" });
    expect(await github.runs.inspect(run)).toEqual({ state: "ended", conclusion: "cancelled" });
    expect(await github.runs.cancel(run)).toEqual({ kind: "over" });
    expect(await github.runs.cancel("99999999")).toEqual({ kind: "over" });
    expect(await github.runs.inspect("99999999")).toEqual({ state: "not_found", conclusion: null });
  });
});
