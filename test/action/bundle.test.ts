/** The bundled file, as a runner runs it: a process of its own with inputs, an event, outputs and a summary. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import config from "../../action/rolldown.config.ts";
import { agentWorkflowText, startGithub, type GithubServer } from "./github-server.ts";
import { bundle, readManifest, runStep } from "./runner.ts";
import { givenReceiver, secret } from "../webhook/receiver.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orchestrate-bundle-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("the file that is checked in", () => {
  test("is what the sources give; `npm run build` makes it anew", async () => {
    const build = await rolldown(config);
    const made = await build.generate(config.output);
    await build.close();
    expect(made.output).toHaveLength(1);
    // Compared as a claim, not as texts: the difference of two megabytes tells nobody anything.
    expect(made.output[0].code === (await readFile(bundle, "utf8")), "action/dist/index.js is stale").toBe(true);
  });
  test("names no place of the machine that made it, and loads nothing that is not in it but Node's own modules", async () => {
    const code = await readFile(bundle, "utf8");
    const places = [process.cwd(), homedir(), tmpdir()];
    expect(places.filter((place) => code.includes(place))).toEqual([]);
    const imports = [...code.matchAll(/^import [^;]*?from "(?<from>[^"]+)";$/gm)].map(
      (match) => match.groups?.["from"],
    );
    expect(imports.filter((from) => from?.startsWith("node:") !== true && !isBuiltin(from ?? ""))).toEqual([]);
  });
});

function isBuiltin(name: string): boolean {
  return process.getBuiltinModule(name) !== undefined;
}

describe("a mistake in the inputs", () => {
  test("is an annotation each, and the step fails before anything is asked", async () => {
    const step = await runStep({ inputs: { mode: "watch", budget: "" } });
    expect(step.code).toBe(1);
    expect(step.log.match(/^::error title=/gm)).toHaveLength(5);
    expect(step.log).toContain("::`task` is missing.");
    expect(step).toMatchObject({ outputs: {}, summary: "" });
  });
  test("cannot give commands to the runner", async () => {
    const step = await runStep({ inputs: { mode: "x\n::set-output name=a::b\n::add-mask::c" } });
    expect(step.log.split("\n").filter((line) => /^::(?!error )/.test(line))).toEqual([]);
  });
});

describe("mode: plan", () => {
  test("gives the order, and the page shows hostile titles as they are", async () => {
    const title = "$(id) `x` ${{ secrets.X }} | <b>\n::error::no\u0007 @octocat";
    const file = join(folder, "backlog.json");
    const tasks = [
      { id: "b", title, blockedBy: ["a"] },
      { id: "a", title: "First" },
      { id: "c", blockedBy: ["d"] },
      { id: "d", blockedBy: ["c"] },
    ];
    await writeFile(file, JSON.stringify({ tasks }));
    const step = await runStep({ inputs: { mode: "plan", file } });
    expect(step.code).toBe(0);
    expect(step.outputs).toEqual({ outcome: "planned", order: '["a","b"]', ready: "1", waiting: "3", cycles: "1" });
    expect(Object.keys((await readManifest()).outputs)).toEqual(expect.arrayContaining(Object.keys(step.outputs)));
    expect(step.log).toMatch(/^::warning::These wait for each other in a circle/m);
    expect(step.log).not.toMatch(/^::error/m);
    expect(step.summary).toContain("| 2 | `b` | \\$(id) ");
    expect(step.summary).not.toMatch(/<b>|@octocat/);
    expect(step.summary).toContain("```mermaid\ngraph LR\n");
  });
  test("fails with one sentence when the file is no backlog", async () => {
    const file = join(folder, "broken.json");
    await writeFile(file, '{"tasks": [{"id": "a"}, {"id": "a"}]}');
    const step = await runStep({ inputs: { mode: "plan", file } });
    expect(step.code).toBe(1);
    expect(step.log.match(/^::error/gm)).toHaveLength(1);
    expect(step.log).toContain("broken.json");
  });
});

describe("mode: cycle", () => {
  let server: GithubServer;
  beforeAll(async () => {
    const files = {
      ".github/orchestrate.yml": "agents:\n  - { id: jules, type: jules, capacity: 1 }\n",
      ".github/workflows/orchestrate-agent.yml": agentWorkflowText,
    };
    server = await startGithub({ files });
  });
  afterAll(() => server.close());

  async function idOf(path: string): Promise<number> {
    const headers = { authorization: `Bearer ${server.world.jobToken(9)}` };
    const answer = await fetch(`${server.apiUrl}/repos/acme/shop${path}`, { headers });
    return ((await answer.json()) as { readonly id: number }).id;
  }

  function cycle(more: Partial<Parameters<typeof runStep>[0]> = {}): ReturnType<typeof runStep> {
    const token = server.world.jobToken(1);
    return runStep({
      inputs: { mode: "cycle", token, budget: "20s" },
      env: { GITHUB_API_URL: server.apiUrl, GITHUB_EVENT_NAME: "schedule" },
      ...more,
    });
  }

  test("starts what may start, says why the rest waits, and the next run finds nothing to do", async () => {
    const { world } = server;
    const hostile = "$(id) `x` ${{ secrets.X }} | <img src=x> @octocat";
    const first = await world.openIssue({ by: "ann", title: "First", labels: ["orchestrate"] });
    await world.openIssue({ by: "ann", title: hostile, body: `Blocked by #${first.number}`, labels: ["orchestrate"] });
    const step = await cycle();
    expect(step.log).not.toContain("::error");
    expect(step.code).toBe(0);
    expect(step.outputs).toMatchObject({
      outcome: "progress",
      started: "1",
      "started-tasks": '["#1"]',
      completed: "0",
      "in-flight": "1",
      waiting: "1",
      "is-complete": "true",
    });
    expect(Object.keys((await readManifest()).outputs)).toEqual(expect.arrayContaining(Object.keys(step.outputs)));
    expect(step.summary).toMatch(/\| \[#1\]\([^)]+\) First \| jules \| `jules\/1` \| rank 1 of 1 by balanced/);
    expect(step.summary).toContain("| blocked | #&#8203;1 is open. |");
    expect(step.summary).not.toMatch(/<img|@octocat/);
    expect(step.summary).toContain("```mermaid");
    expect(step.summary).toContain("A GitHub App's");
    const again = await cycle();
    expect(again).toMatchObject({ code: 0, outputs: { outcome: "working", started: "0" } });
  }, 60_000);

  test("a job reports onto the state branch; one that has not the assignment changes nothing", async () => {
    const { world } = server;
    const task = `gh:${await idOf("")}:${await idOf("/issues/1")}`;
    const inputs = { mode: "report", token: world.jobToken(4), report: "fail", reason: "`$(id)` broke", task };
    const env = { GITHUB_API_URL: server.apiUrl };
    const commits = world.counters.stateCommits;
    const stale = await runStep({ inputs: { ...inputs, worker: "jules/1", fence: "99" }, env });
    const stranger = await runStep({ inputs: { ...inputs, worker: "jules/1" }, env });
    expect([stale, stranger].map(({ code, outputs }) => [code, outputs["outcome"]])).toEqual([
      [0, "not-ours"],
      [0, "not-ours"],
    ]);
    expect(stale.log).toMatch(/^::warning::The report \(fail\) changed nothing/m);
    expect(world.counters.stateCommits).toBe(commits);
    const told = await runStep({ inputs: { ...inputs, worker: "jules/1", fence: "1" }, env });
    expect(told).toMatchObject({ code: 0, outputs: { outcome: "recorded" } });
    expect(world.counters.stateCommits).toBe(commits + 1);
    const after = await cycle();
    expect(after.outputs).toMatchObject({ "in-flight": "0" });
    expect(after.summary).toContain("The next attempt starts at");
  }, 60_000);

  test("a payload that is no payload does no harm", async () => {
    const step = await cycle({
      inputs: { mode: "event", token: server.world.jobToken(2), budget: "20s" },
      payload: { repository: { id: "1", full_name: "evil/repo" }, issue: [] },
    });
    expect(step.code).toBe(0);
  }, 60_000);

  test("alerts go to the webhook of the input, signed, and its address is masked and in no line", async () => {
    const receiver = await givenReceiver();
    onTestFinished(() => receiver.close());
    const files = { ".github/orchestrate.yml": "alerts: { notify: { severity: critical } }\n" };
    await server.world.push({ by: "ann", branch: "main", files, message: "Ask for alerts" });
    await server.world.comment({ by: "ann", number: 1, body: "/orchestrate fail It cannot be done" });
    const token = server.world.jobToken(5);
    const step = await cycle({
      inputs: { mode: "event", token, budget: "20s", "alert-webhook": receiver.url, "alert-secret": secret },
      env: { GITHUB_API_URL: server.apiUrl, GITHUB_EVENT_NAME: "push" },
      payload: {
        ref: "refs/heads/main",
        repository: { id: await idOf(""), full_name: "acme/shop", default_branch: "main" },
        commits: [],
      },
    });
    expect(step).toMatchObject({ code: 0 });
    const told = receiver.taken.map(({ body }) => JSON.parse(body) as unknown);
    const task = expect.objectContaining({ reference: "#1" }) as unknown;
    expect(told).toEqual([expect.objectContaining({ code: "needs_person", repository: "acme/shop", task })]);
    for (const word of [receiver.url, secret]) {
      expect(step.log).toContain(`::add-mask::${word}`);
      expect(step.log.replaceAll(/^::add-mask::.*$/gm, "") + step.summary).not.toContain(word);
    }
  }, 60_000);

  test("a configuration that is wrong is an annotation at its line, and the step fails", async () => {
    await server.world.push({
      by: "ann",
      branch: "main",
      files: { ".github/orchestrate.yml": "version: 1\nmode: fastest\n" },
      message: "Break it",
    });
    const step = await cycle({
      inputs: { mode: "event", token: server.world.jobToken(3), budget: "20s" },
      env: { GITHUB_API_URL: server.apiUrl, GITHUB_EVENT_NAME: "push" },
      payload: {
        ref: "refs/heads/main",
        repository: { id: 1, full_name: "acme/other", default_branch: "main" },
        commits: [],
      },
    });
    expect(step.code).toBe(1);
    expect(step.log).toMatch(/::error title=[^\n]*file=\.github\/orchestrate\.yml,line=2::line 2: mode/);
  }, 60_000);

  test("a token that is refused fails the step with GitHub's own words", async () => {
    const step = await cycle({ inputs: { mode: "cycle", token: "ghs_wrong", budget: "20s" } });
    expect(step.code).toBe(1);
    expect(step.log).toMatch(/^::error title=Orchestrate failed::Bad credentials/m);
    expect(step.log.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain("ghs_wrong");
  });
});

describe("mode: report", () => {
  test("sends what the App takes, with an identity token for its audience, and never follows a redirect", async () => {
    const heard: { readonly path: string; readonly authorization: string; readonly body: string }[] = [];
    const app = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        const path = request.url ?? "";
        if (path.startsWith("/token")) {
          response.end(JSON.stringify({ value: `jwt-for-${new URL(path, "http://x").searchParams.get("audience")}` }));
          return;
        }
        heard.push({ path, authorization: request.headers.authorization ?? "", body });
        if (path.endsWith("/fail")) response.writeHead(409, { "content-type": "application/problem+json" });
        response.end(path.endsWith("/fail") ? '{"detail":"The assignment is over\\n::error::x"}' : "{}");
      });
    });
    await new Promise((done) => void app.listen(0, "127.0.0.1", () => done(null)));
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?v=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token" };
    const inputs = { mode: "report", token: "t", task: "gh:1:2", worker: "jules/1", url };
    try {
      const done = await runStep({ inputs: { ...inputs, report: "complete", duration: "90s", cost: "0.5" }, env });
      expect(done).toMatchObject({ code: 0, outputs: { outcome: "recorded" } });
      const failed = await runStep({ inputs: { ...inputs, report: "fail", reason: "No tests" }, env });
      expect(failed.code).toBe(1);
      expect(failed.log).toContain("answered 409: The assignment is over ::error::x.");
      expect(failed.log).not.toMatch(/^::error::x/m);
    } finally {
      app.closeAllConnections();
      await new Promise((closed) => void app.close(closed));
    }
    expect(heard).toEqual([
      {
        path: "/orchestrator/complete",
        authorization: "Bearer jwt-for-orchestrate",
        body: '{"taskId":"gh:1:2","workerId":"jules/1","duration":"90s","cost":0.5,"success":true}',
      },
      {
        path: "/orchestrator/fail",
        authorization: "Bearer jwt-for-orchestrate",
        body: '{"taskId":"gh:1:2","workerId":"jules/1","failureReason":"No tests","retriable":true}',
      },
    ]);
  });
});
