import examples from "@octokit/webhooks-examples/api.github.com/index.json" with { type: "json" };
import { expect, test } from "vitest";
import { givenActs } from "./world-support.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Every path of the example that ours lacks or has with another type. Null fits everything: examples are full of it. */
function differences(example: Json, ours: Json | undefined, path: string): readonly string[] {
  if (example === null || ours === null) return [];
  if (ours === undefined) return [`${path} is missing`];
  if (kind(example) !== kind(ours)) return [`${path} is ${kind(ours)}, not ${kind(example)}`];
  if (isArray(example) && isArray(ours)) {
    const [first, second] = [example[0], ours[0]];
    return first === undefined || second === undefined ? [] : differences(first, second, `${path}[]`);
  }
  if (!isObject(example) || !isObject(ours)) return [];
  return Object.entries(example).flatMap(([key, value]) => differences(value, ours[key], `${path}.${key}`));
}

function kind(value: Json): string {
  return isArray(value) ? "array" : value === null ? "null" : typeof value;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !isArray(value);
}

/** Parts of the (older) examples that depend on who installs what, and that the App never reads. */
const aside = [
  /\.(app|installation)\.(permissions|events)\b/,
  /^(?!.*repository).*organization\b/,
  /\.repository\.(master_branch|stargazers|public|organization|permissions)\b/,
  /\.repo\.(master_branch|stargazers|organization|allow_|delete_branch|permissions|use_squash|merge_commit|squash_merge)/,
  /\.enterprise\b/,
  // Plain issues have neither any more; one example shows a pull request where an issue should be.
  /^issue.*\.(draft|pull_request) is missing$/,
  /\.check_run\.deployment\b/,
];

const wanted: readonly (readonly [event: string, actions: readonly (string | undefined)[]])[] = [
  [
    "issues",
    ["opened", "edited", "closed", "reopened", "labeled", "unlabeled", "deleted", "transferred", "milestoned"],
  ],
  ["issue_comment", ["created", "edited", "deleted"]],
  ["pull_request", ["opened", "edited", "closed", "reopened", "synchronize", "labeled", "ready_for_review"]],
  ["pull_request_review", ["submitted"]],
  ["check_suite", ["requested", "completed"]],
  ["check_run", ["created", "completed"]],
  ["workflow_run", ["requested", "completed"]],
  ["status", [undefined]],
  ["push", [undefined]],
  ["installation", ["created"]],
  ["installation_repositories", ["added"]],
];

test("what we send has everything, and of the same type, that GitHub's own examples have", async () => {
  const sent = await everything();
  const problems: string[] = [];
  for (const [event, actions] of wanted) {
    const payloads = examples.find(({ name }) => name === event)?.examples ?? [];
    for (const action of actions) {
      const ours = sent.get(action === undefined ? event : `${event}.${action}`);
      if (ours === undefined) problems.push(`${event}.${action} was not sent`);
      const example = payloads.find((payload) => !("action" in payload) || payload.action === action);
      if (example === undefined || ours === undefined) continue;
      problems.push(...differences(example as unknown as Json, ours, `${event}.${action}`));
    }
  }
  const serious = problems.filter((problem) => !aside.some((pattern) => pattern.test(problem)));
  expect([...new Set(serious)]).toEqual([]);
});

test("every delivery names its installation, its repository and its sender", async () => {
  const sent = [...(await everything())];
  const lacking = (part: string): readonly string[] =>
    sent.filter(([, payload]) => !isObject(payload) || !isObject(payload[part] ?? null)).map(([name]) => name);
  expect(lacking("installation")).toEqual([]);
  expect(lacking("sender")).toEqual([]);
  expect(lacking("repository")).toEqual(["installation.created", "installation_repositories.added"]);
});

/** One of every kind of act, and the last payload of every event that they caused. */
async function everything(): Promise<ReadonlyMap<string, Json>> {
  const workflow = "name: Agent\non: workflow_dispatch\n";
  const { world, acts, state, deliveries } = await givenActs({ ".github/workflows/agent.yml": workflow });
  const maria = { user: world.user("maria"), viaApp: null };
  const ann = { user: world.user("ann"), viaApp: null };
  acts.createMilestone(maria, { title: "v1" });
  for (const title of ["One", "Two", "Three"])
    acts.openIssue(maria, { title, body: "Text", labels: ["bug"], assignees: ["maria"] });
  acts.editIssue(maria, 1, { title: "First", body: "More", milestone: 1 });
  acts.removeLabel(maria, 1, "bug");
  acts.addLabels(maria, 1, ["bug"]);
  acts.closeIssue(maria, 1);
  acts.reopenIssue(maria, 1);
  const comment = acts.comment({ user: state.appUser, viaApp: state.app.id }, 1, "Hello");
  acts.editComment(maria, comment.id, "Hello!");
  acts.deleteComment(maria, comment.id);
  acts.transferIssue(maria, 3, "octo/depot");
  const { sha } = await acts.push(maria, { branch: "work", files: { "a.txt": "a" }, message: "Work" });
  const pull = await acts.openPull(maria, { head: "work", title: "Work", body: "Closes #1", isDraft: true });
  acts.setDraft(maria, pull.number, false);
  acts.addLabels(maria, pull.number, ["bug"]);
  acts.editIssue(maria, pull.number, { title: "Better work" });
  acts.review(ann, pull.number, { state: "approved", body: "Good" });
  acts.closeIssue(maria, pull.number);
  acts.reopenIssue(maria, pull.number);
  const second = await acts.push(maria, { branch: "work", files: { "a.txt": "b" }, message: "Work" });
  for (const commit of [sha, second.sha])
    await acts.check({ sha: commit, name: "ci", status: "completed", conclusion: "success" });
  await acts.status(maria, { sha, context: "deploy", state: "success" });
  await acts.mergePull(maria, pull.number);
  const run = acts.dispatch(maria, { workflow: "agent.yml", ref: "main" });
  acts.moveRun(run.id, "in_progress");
  acts.moveRun(run.id, "completed", "success");
  acts.deleteIssue(ann, 2);
  const sent = new Map<string, Json>();
  for (const { event, body } of deliveries) {
    const payload = JSON.parse(body);
    sent.set(payload.action === undefined ? event : `${event}.${payload.action}`, payload);
  }
  return sent;
}
