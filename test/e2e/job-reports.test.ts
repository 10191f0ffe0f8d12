/**
 * Jobs of the agent workflow beside the App, both as they run in the field: the bundled file as processes, and the App that listens. The end of
 * a session goes to the App by an identity token; what the App does not take, the job writes down itself.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startListeningApp } from "../../src/embed.ts";
import type { Fetch } from "../../src/ports/fetch.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";
import { flawless, shortcomings } from "../simulation/play.ts";
import { makeBundle, playBundled, type Bundle } from "../support/bundled-action.ts";
import { startTokenIssuer, type TokenIssuer } from "../support/job-tokens.ts";

let bundle: Bundle;
let issuer: TokenIssuer;
beforeAll(async () => {
  [bundle, issuer] = await Promise.all([makeBundle(), startTokenIssuer()]);
}, 60_000);
afterAll(() => Promise.all([bundle.remove(), issuer.close()]));

const audience = "orchestrate-of-acme";

const scenario = parseScenario(`
repository: acme/shop
config:
  retry: { backoff: { max: 2h } }
  agents: [{ id: jules, type: jules, capacity: 2 }]
issues:
  - { key: a, title: First }
  - { key: b, title: Second, blockedBy: [a] }
  - { key: c, title: Third, blockedBy: [a] }
# A job looks after 20 seconds, and after 50: it has seen the end long before the pull request is merged.
agents: { jules: { duration: [40s, 45s] } }
people: { merge: [60s, 70s] }
until: 8h
`);

interface Played {
  /** How many appends of each job have landed. */
  readonly appends: readonly number[];
  readonly outcomes: readonly string[];
  readonly log: string;
}

/** Plays the scenario with jobs that are given the App's address, or another one. */
async function play(urlFor: (app: string) => string): Promise<Played> {
  const landed = new Map<string, number>();
  let app = "";
  const { report, runs } = await playBundled({
    bundle,
    scenario,
    // The App has twenty seconds of this for an answer.
    speed: 20,
    async startApp(parts) {
      const fetch: Fetch = (input, init) =>
        typeof input === "string" && input.startsWith(issuer.url)
          ? globalThis.fetch(input, init)
          : parts.fetch(input, init);
      const listening = await startListeningApp({
        ...parts,
        fetch,
        reports: { oidc: { issuer: issuer.url, audience } },
      });
      app = listening.url;
      return listening;
    },
    jobs: (job) => ({ inputs: { url: urlFor(app), audience }, env: issuer.environmentOf(job) }),
    through: (fetch, run) => async (input, init) => {
      const response = await fetch(input, init);
      if (typeof init?.body !== "string" || !init.body.includes("createCommitOnBranch")) return response;
      if (!(await response.clone().text()).includes('"errors"')) landed.set(run, (landed.get(run) ?? 0) + 1);
      return response;
    },
  });
  expect(shortcomings(report)).toEqual(flawless);
  expect(runs.filter(({ code }) => code !== 0)).toEqual([]);
  return {
    appends: [...landed.values()],
    outcomes: runs.map(({ outputs }) => /outcome<<\S+\n(?<outcome>.*)/.exec(outputs)?.groups?.["outcome"] ?? ""),
    log: runs.map(({ log }) => log).join("\n"),
  };
}

test("a job claims and starts on the state branch, and tells the App by its identity token how the session ended", async () => {
  const { appends, outcomes, log } = await play((app) => app);
  expect(outcomes).toEqual(["ended", "ended", "ended"]);
  expect(log).not.toContain("The App did not take the report");
  expect(appends).toEqual([2, 2, 2]);
}, 90_000);

test("where nobody answers at the App's address, the job writes the end down itself", async () => {
  const { appends, outcomes, log } = await play(() => `${issuer.url}/nowhere`);
  expect(outcomes).toEqual(["ended", "ended", "ended"]);
  expect(appends).toEqual([3, 3, 3]);
  expect(log.match(/A heartbeat did not reach the App/g)).toHaveLength(3);
  expect(log.match(/The App did not take the report; it is written onto the state branch/g)).toHaveLength(3);
}, 90_000);
