/**
 * The bundled Action through a whole backlog, each run a process of its own: alone, beside the App that listens, and with two thirds of
 * its runs cancelled and all of them hours late.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startListeningApp } from "../../src/embed.ts";
import type { Fetch } from "../../src/ports/fetch.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";
import { flawless, shortcomings } from "../simulation/play.ts";
import { makeBundle, playBundled, type Bundle } from "../support/bundled-action.ts";

let bundle: Bundle;
beforeAll(async () => {
  bundle = await makeBundle();
}, 60_000);
afterAll(() => bundle.remove());

test("the bundled file gets a whole backlog done, run by run, with the job's token alone", async () => {
  const scenario = parseScenario(`
repository: acme/shop
runs: { app: false, action: true }
config: { agents: [{ id: jules, type: jules, capacity: 2 }] }
issues:
  - { key: a, title: "First $(touch /tmp/x) \`id\` \${{ github.token }}" }
  - { key: b, title: Second, blockedBy: [a] }
  - { key: c, title: Third, blockedBy: [a] }
agents: { jules: { duration: [30s, 60s] } }
people: { merge: [10s, 20s] }
start: "2026-01-05T08:06:00Z"
until: 4h
`);
  const { report, runs } = await playBundled({ bundle, scenario, speed: 60 });

  expect(runs.filter(({ code }) => code !== 0)).toEqual([]);
  expect(shortcomings(report)).toEqual(flawless);
  expect(runs.some(({ outputs }) => outputs.includes("started"))).toBe(true);
  expect(runs[0]?.summary).toContain("mermaid");
  expect(new Set(runs.map(({ event }) => event))).toContain("schedule");
  const said = runs.flatMap(({ log, summary, outputs }) => [log, summary, outputs].join("\n").split("\n"));
  expect(said.filter((line) => line.includes("ghs_job") && !line.startsWith("::add-mask::"))).toEqual([]);
}, 90_000);

interface Append {
  readonly by: "app" | "run";
  hasLanded: boolean;
}

/** Lets the first append of the App and the first one of a run begin together, so that both were decided on the same head of the state branch. */
function createEncounter() {
  const appends: Append[] = [];
  const arrived = new Set<Append["by"]>();
  let meet = (): void => undefined;
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  function through(by: Append["by"], fetch: Fetch): Fetch {
    return async (input, init) => {
      if (typeof init?.body !== "string" || !init.body.includes("createCommitOnBranch")) return fetch(input, init);
      arrived.add(by);
      if (arrived.size === 2) meet();
      await met;
      const append: Append = { by, hasLanded: false };
      appends.push(append);
      const response = await fetch(input, init);
      append.hasLanded = !(await response.clone().text()).includes('"errors"');
      return response;
    };
  }
  return { appends, through };
}

test("beside the App, which decides the same at the same moment, no task is started twice and nothing is lost", async () => {
  const scenario = parseScenario(`
repository: acme/shop
runs: { app: true, action: true }
config: { agents: [{ id: jules, type: jules, capacity: 2 }, { id: cursor, type: cursor, capacity: 1, dispatch: api }] }
issues:
  - { key: a, title: First }
  - { key: b, title: Second, blockedBy: [a] }
  - { key: c, title: Third, blockedBy: [a] }
  - { key: d, title: Fourth, blockedBy: [b, c] }
agents: { jules: { duration: [30s, 60s] }, cursor: { duration: [30s, 60s] } }
people: { merge: [10s, 20s] }
start: "2026-01-05T08:06:00Z"
until: 8h
`);
  const { appends, through } = createEncounter();
  const { report, runs } = await playBundled({
    bundle,
    scenario,
    speed: 60,
    startApp: (parts) => startListeningApp({ ...parts, fetch: through("app", parts.fetch) }),
    through: (fetch) => through("run", fetch),
  });

  expect(shortcomings(report)).toEqual(flawless);
  expect(runs.filter(({ code }) => code !== 0)).toEqual([]);
  const [first, second] = appends;
  expect(new Set([first?.by, second?.by])).toEqual(new Set(["app", "run"]));
  expect(new Set([first?.hasLanded, second?.hasLanded])).toEqual(new Set([true, false]));
}, 120_000);

/** With this seed the schedule's first six runs are cancelled: one before it begins, the others after 8 requests, 1, 12, 7 and 12. */
const manyCancelled = 148;

test("two thirds of its runs cancelled, and all of them up to three hours late, cost time and nothing else", async () => {
  const scenario = parseScenario(`
repository: acme/shop
runs: { app: false, action: true }
config: { agents: [{ id: jules, type: jules, capacity: 2 }] }
issues:
  - { key: a, title: First }
  - { key: b, title: Second, blockedBy: [a] }
  - { key: c, title: Third, blockedBy: [a] }
  - { key: d, title: Fourth, blockedBy: [b, c] }
agents: { jules: { duration: [30s, 60s] } }
people: { merge: [10s, 20s] }
faults: { actions: { cancel: 0.66, delay: [0m, 3h] } }
start: "2026-01-05T08:06:00Z"
seed: ${manyCancelled}
until: 14d
`);
  const { report, runs, ended } = await playBundled({ bundle, scenario, speed: 60, idleSpeed: 3_600 });

  expect(shortcomings(report)).toEqual(flawless);
  const cancelled = ended.filter(({ conclusion }) => conclusion === "cancelled");
  const cutOff = cancelled.filter(({ requests }) => requests > 0).map(({ run }) => run);
  const killed = runs.filter(({ signal }) => signal === "SIGKILL").map(({ run }) => run);
  expect(new Set(killed)).toEqual(new Set(cutOff));
  expect(runs.filter(({ code, signal }) => code !== 0 && signal !== "SIGKILL")).toEqual([]);
  expect(cancelled.length).toBeGreaterThanOrEqual(3);
  expect(cutOff.length).toBeGreaterThanOrEqual(2);
}, 120_000);
