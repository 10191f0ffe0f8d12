/** The doctor against the embedded GitHub over real HTTP, as a step of a job and as a command. */
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { connect, findPlace } from "../../src/connect.ts";
import { examine } from "../../src/doctor/doctor.ts";
import { AgentConfig } from "../../src/model/config-agent.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { Finding } from "../../src/views/doctor-page.ts";
import { renderDoctorPage, renderDoctorSummary } from "../../src/views/doctor-page.ts";
import { systemSurroundings } from "../../src/system-surroundings.ts";
import { wireRepository } from "../../src/wire.ts";
import { agentWorkflowText, startGithub, type GithubServer } from "./github-server.ts";
import { runStep } from "./runner.ts";

const open: GithubServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function given(options: Parameters<typeof startGithub>[0]): Promise<GithubServer> {
  const server = await startGithub(options);
  open.push(server);
  return server;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function look(
  server: GithubServer,
  token: string,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Finding[]> {
  return examine({
    connection: { credentials: { kind: "token", token }, baseUrl: server.apiUrl, fetch: globalThis.fetch },
    repository: "acme/shop",
    env,
    surroundings: systemSurroundings(() => silent),
  });
}

function told(findings: readonly Finding[], level: Finding["level"]): readonly string[] {
  return findings.filter((finding) => finding.level === level).map(({ subject, message }) => `${subject}: ${message}`);
}

const config = "agents:\n  - { id: jules, type: jules, capacity: 2 }\n";
const good = {
  ".github/orchestrate.yml": config,
  ".github/workflows/orchestrate-agent.yml": agentWorkflowText,
};

test("an agent that takes its work itself needs neither a workflow nor a key", async () => {
  const server = await given({ files: { ".github/orchestrate.yml": "agents:\n  - { id: desk, type: pull }\n" } });
  const findings = await look(server, server.world.jobToken(1));
  expect(told(findings, "ok")).toContain("Agents: desk (pull, 1).");
  expect(findings.filter(({ subject }) => /Agent workflow|key/i.test(subject))).toEqual([]);
});

describe("the people behind an agent", () => {
  test("are looked up, and a login that nobody has is told of", async () => {
    const text = "agents:\n  - { id: cursor, type: cursor, operators: [walt, Wlat] }\n";
    const server = await given({ files: { ...good, ".github/orchestrate.yml": text } });
    const said = async () => {
      const findings = await look(server, server.world.jobToken(1), { CURSOR_API_KEY: "a key" });
      return findings.filter(({ subject }) => subject === "Operators").map(({ level, message }) => [level, message]);
    };
    server.world.addUser({ login: "walt", permission: "write" });
    expect(await said()).toEqual([
      ["warning", "GitHub knows no user Wlat, and nothing is started for operators who do not exist."],
    ]);
    server.world.addUser({ login: "wlat", permission: "none" });
    expect(await said()).toEqual([["ok", "GitHub knows all of them."]]);
  });
});

describe("an agent that was registered while the program runs", () => {
  test("needs its key as those of the file do, and is named among them", async () => {
    const server = await given({ files: good });
    const token = server.world.jobToken(1);
    const connection = {
      credentials: { kind: "token", token },
      baseUrl: server.apiUrl,
      fetch: globalThis.fetch,
    } as const;
    const octokit = await connect(connection, "acme/shop");
    const place = await findPlace(octokit, "acme/shop");
    const repository = wireRepository(
      systemSurroundings(() => silent),
      place,
      octokit,
    );
    const definition = AgentConfig.parse({ id: "night", type: "cursor" });
    await repository.lane.submit([{ type: "RegisterAgent", id: toCommandId("one"), definition, by: "http:token" }]);
    repository.stop();
    const findings = await look(server, token, { JULES_API_KEY: "a key" });
    expect(told(findings, "ok")).toContain("Agents: jules (jules, 2), night (cursor, 1).");
    expect(told(findings, "warning")).toContainEqual(expect.stringMatching(/^Secrets: .*CURSOR_API_KEY/));
  });
});

describe("merging without a person", () => {
  async function mergingIn(merge: string, hasMergeQueue: boolean): Promise<Finding | undefined> {
    const files = { ...good, ".github/orchestrate.yml": `merge: ${merge}\n${config}` };
    const server = await given({ files, hasMergeQueue });
    const findings = await look(server, server.world.jobToken(1), { JULES_API_KEY: "a key" });
    return findings.find(({ subject }) => subject === "Merging");
  }

  test("can work where the way fits the branch", async () => {
    expect(await mergingIn("auto", false)).toMatchObject({ level: "ok", message: "`merge: auto` can work." });
    expect(await mergingIn("queue", true)).toMatchObject({ level: "ok", message: "`merge: queue` can work." });
  });

  test("cannot go past a merge queue, and without one there is nothing to queue in", async () => {
    expect(await mergingIn("auto", true)).toMatchObject({ level: "error" });
    expect(await mergingIn("queue", false)).toMatchObject({ level: "warning" });
  });
});

describe("a repository that has everything", () => {
  test("is told to be in order but for what cannot be seen, and nothing is written", async () => {
    const server = await given({ files: good });
    await server.world.openIssue({ by: "ann", title: "Work", labels: ["orchestrate"] });
    const before = { ...server.world.counters };
    const findings = await look(server, server.world.jobToken(1), { JULES_API_KEY: "a key" });
    expect(told(findings, "error")).toEqual([]);
    expect(told(findings, "warning")).toEqual([
      "Last tick: There is no .github/workflows/orchestrate.yml, so the App has to run somewhere.",
    ]);
    expect(told(findings, "ok")).toContain("Configuration: .github/orchestrate.yml is right.");
    expect(told(findings, "ok")).toContain("Secrets: JULES_API_KEY is given to this job.");
    expect(told(findings, "ok")).toContain("Required checks: main requires ci.");
    // The query that finds the state.
    expect(server.requests.filter((request) => !request.startsWith("GET "))).toEqual(["POST /api/graphql"]);
    expect(server.world.counters.mutations).toBe(before.mutations);
    expect(server.requests.length).toBeLessThanOrEqual(25);
  });
  test("is told the same through an App, whose permissions can be seen", async () => {
    const server = await given({ files: good });
    server.world.installApp();
    const { appId, privateKey, apiUrl } = server;
    const step = await runStep({
      inputs: { mode: "doctor", "app-id": String(appId), "private-key": privateKey },
      env: { GITHUB_API_URL: apiUrl },
    });
    expect(step.log).not.toContain("::error");
    expect(step.summary).toContain("The App has every permission that it needs.");
    expect(step).toMatchObject({ code: 0, outputs: { outcome: "usable", errors: "0" } });
    // Every line of the key is masked before anything else is said.
    expect(step.log).toContain("::add-mask::");
  });
});

describe("a repository that is not ready", () => {
  test("is told each thing with what to do, and the step fails", async () => {
    const server = await given({
      files: { ".github/orchestrate.yml": "agents:\n  - { id: jules, type: julez }\n" },
      requiredChecks: [],
    });
    const step = await runStep({
      inputs: { mode: "doctor", token: server.world.jobToken(1) },
      env: { GITHUB_API_URL: server.apiUrl },
    });
    expect(step.code).toBe(1);
    expect(step.outputs).toMatchObject({ outcome: "broken", errors: "2" });
    expect(step.log).toMatch(/::error .*file=\.github\/orchestrate\.yml,line=2.*::.*julez/);
    expect(step.log).toMatch(/::warning .*::There is no label orchestrate/);
    expect(step.summary).toContain("No check is required on main");
  });
  test("without an agent workflow, or with an old one, is told to copy it", async () => {
    const missing = await given({ files: { ".github/orchestrate.yml": config } });
    expect(told(await look(missing, missing.world.jobToken(1)), "error")).toEqual([
      "Agent workflow: .github/workflows/orchestrate-agent.yml is not on the default branch, so no agent can be started.",
    ]);
    const old = agentWorkflowText.replace(/ {6}fence:\n(?: {8}.*\n)+/, "");
    const outdated = await given({
      files: { ".github/orchestrate.yml": config, ".github/workflows/orchestrate-agent.yml": old },
    });
    expect(told(await look(outdated, outdated.world.jobToken(1)), "error")).toEqual([
      "Agent workflow: .github/workflows/orchestrate-agent.yml is older than this version: it lacks the input fence.",
    ]);
  });
  test("that cannot be seen is one error, and nothing else is asked", async () => {
    const server = await given({});
    expect(told(await look(server, "ghs_not_a_token"), "error")).toEqual([
      "Repository: The repository does not exist, or these credentials may not see it.",
    ]);
    expect(server.requests).toHaveLength(1);
  });
  test("an App that is not installed, or whose key is another's, is told in one sentence", async () => {
    const server = await given({});
    const step = await runStep({
      inputs: { mode: "doctor", "app-id": "7", "private-key": server.privateKey },
      env: { GITHUB_API_URL: server.apiUrl },
    });
    expect(step.code).toBe(1);
    expect(step.log).toContain("The App 7 is not installed on acme/shop");
  });
});

describe("orchestrate doctor", () => {
  /** Outside any checkout, which would say which repository is meant. */
  function command(args: readonly string[], env: Readonly<Record<string, string>>): Promise<readonly [number, string]> {
    const cli = ["--import", import.meta.resolve("tsx"), resolve("src/cli.ts"), "doctor", ...args];
    const options = { cwd: tmpdir(), env: { PATH: process.env["PATH"] ?? "", ...env } };
    return new Promise((done) => {
      execFile(process.execPath, cli, options, (error, stdout, stderr) =>
        done([typeof error?.code === "number" ? error.code : 0, stdout + stderr]),
      );
    });
  }

  test("says the same in lines, and exits with 1 when something is broken", async () => {
    const server = await given({});
    const env = { GITHUB_TOKEN: server.world.jobToken(1), GITHUB_API_URL: server.apiUrl };
    const [code, text] = await command(["acme/shop"], env);
    expect(code).toBe(1);
    expect(text).toMatch(/^error {4}Configuration: There is no configuration, so no agent is known\. Add /m);
    expect(text).toMatch(/\n\d errors and \d warnings\.\n$/);
    const [, json] = await command(["acme/shop", "--json"], env);
    expect((JSON.parse(json) as { findings: unknown[] }).findings.length).toBeGreaterThan(5);
  });
  test("needs a repository and credentials, and says which", async () => {
    expect(await command([], { GITHUB_TOKEN: "t" })).toEqual([
      2,
      "orchestrate: Say which repository, as owner/name, or set GITHUB_REPOSITORY.\n",
    ]);
    expect(await command(["acme/shop"], {})).toEqual([
      2,
      "orchestrate: Set GITHUB_TOKEN, or APP_ID and PRIVATE_KEY of the GitHub App.\n",
    ]);
  });
});

test("what the repository says of itself is inert on the page", () => {
  const hostile = "<img src=x> | `$(id)` ${{ secrets.X }} @octocat\n## no";
  const findings: readonly Finding[] = [
    { level: "error", subject: "Configuration", message: hostile, advice: hostile },
  ];
  const page = renderDoctorSummary(findings);
  expect(page.split("\n").filter((line) => line.startsWith("#"))).toEqual(["## Orchestrate doctor"]);
  expect(page).not.toMatch(/<img|@octocat/);
  expect(renderDoctorPage(findings).split("\n")).toHaveLength(3);
});
