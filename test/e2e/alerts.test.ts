/** Alerts on their way out: the whole App on the embedded GitHub, with a receiver that loses, repeats and hangs. */
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { renderBackup } from "../../src/branch/backup-file.ts";
import { takeBackup } from "../../src/cli/backup.ts";
import type { Target } from "../../src/cli/reach.ts";
import { meterFetch } from "../../src/action/metered-fetch.ts";
import { connect, findPlace } from "../../src/connect.ts";
import { toSurroundings } from "../../src/play-job.ts";
import type { ReplicaParts } from "../../src/sandbox/replica.ts";
import type { Surroundings } from "../../src/wire.ts";
import { givenE2e, minute, type E2e } from "../support/e2e-world.ts";

const url = "https://hooks.acme.example/in/sesame-0123456789";
const secret = "a secret that is long enough";

const scenario = `
repository: acme/shop
config:
  retry: { maxAttempts: 1 }
  agents: [{ id: cursor, type: cursor, capacity: 1, dispatch: api }]
  alerts: { queueDepth: 3, fullFor: 7d, utilisation: 0, notify: { progress: true } }
issues: [${Array.from({ length: 6 }, (_, index) => `{ key: i${index}, title: "Issue ${index}" }`).join(", ")}]
agents: { cursor: { duration: 30m } }
people: { merge: never }
`;

type Document = Readonly<Record<string, unknown>>;

/** What the receiver has taken, with a signature that fits, and how it answers. */
function givenReceiver(answer: (count: number) => Promise<Response> | Response) {
  const taken: Document[] = [];
  const receiver: Pick<Surroundings, "alertReceiver"> = { alertReceiver: { url, secret } };
  let count = 0;
  const change = (parts: ReplicaParts): ReplicaParts => ({
    ...parts,
    ...receiver,
    fetch: async (input, init) => {
      if (input !== url) return parts.fetch(input, init);
      const body = init?.body as string;
      const due = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
      expect(new Headers(init?.headers).get("x-hub-signature-256")).toBe(due);
      const response = await answer((count += 1));
      if (response.ok) taken.push(JSON.parse(body) as Document);
      return response;
    },
  });
  return { taken, change };
}

const taken = (): Response => new Response(null, { status: 204 });

/** All that is on the state branch, as text. */
async function stateOf(e2e: E2e): Promise<string> {
  const { baseUrl, fetch, ...parts } = e2e.partsFor("terminal");
  const connection = { credentials: { kind: "token", token: "ghu_maria" }, baseUrl, fetch } as const;
  const read = async (): Promise<string> => {
    const octokit = await connect(connection, "acme/shop");
    const place = await findPlace(octokit, "acme/shop");
    const surroundings = toSurroundings({ ...parts, fetch });
    const target: Target = {
      repository: "acme/shop",
      connection,
      surroundings,
      meter: meterFetch(fetch),
      octokit,
      place,
    };
    return renderBackup(await takeBackup(target));
  };
  return e2e.drive(read());
}

/** Of the queue, and of #1: whoever works at another task may need a person, too. */
function codesOf(documents: readonly Document[]): readonly string[] {
  const ofOne = ({ task }: Document): boolean => (task as Document | null)?.["reference"] === "#1";
  return documents
    .filter(
      (document) => document["code"] === "queue_depth" || (document["code"] === "needs_person" && ofOne(document)),
    )
    .map(({ state, code }) => `${String(state)} ${String(code)}`);
}

test("a warning and a task that needs a person are told as they come and go, and the address is in no log and no commit", async () => {
  const e2e = await givenE2e(scenario);
  const receiver = givenReceiver((count) => (count === 1 ? new Response("sesame is angry", { status: 500 }) : taken()));
  await e2e.startApp(receiver.change);
  await e2e.until("the warning is told", () => receiver.taken.length > 0, 30 * minute);
  expect(receiver.taken[0]).toMatchObject({
    repository: "acme/shop",
    state: "raised",
    code: "queue_depth",
    task: null,
  });
  expect(await e2e.command(1, "/orchestrate fail It cannot be done")).toBe("+1");
  await e2e.until("the task is told", () => codesOf(receiver.taken).includes("raised needs_person"), 10 * minute);
  expect(receiver.taken.find(({ code }) => code === "needs_person")).toMatchObject({
    severity: "critical",
    task: { reference: "#1", title: "Issue 0", url: expect.stringContaining("/acme/shop/issues/1") as string },
    suggestion: expect.stringContaining("/orchestrate retry") as string,
  });
  for (const number of [1, 3, 4, 5, 6]) await e2e.command(number, "/orchestrate complete");
  await e2e.until("both are over", () => codesOf(receiver.taken).length === 4, 30 * minute);
  expect(codesOf(receiver.taken).toSorted()).toEqual([
    "cleared needs_person",
    "cleared queue_depth",
    "raised needs_person",
    "raised queue_depth",
  ]);
  await e2e.until("the summary is told", () => receiver.taken.some(({ event }) => event === "progress"), 130 * minute);
  const everything = `${await stateOf(e2e)}${JSON.stringify(e2e.journal)}`;
  for (const word of ["sesame", "hooks.acme", secret]) expect(everything).not.toContain(word);
});

test("a copy that dies between the message and its acknowledgement repeats it under the same id, and nothing else", async () => {
  const e2e = await givenE2e(scenario);
  const heard: string[] = [];
  const dying = givenReceiver(() => new Promise(() => undefined));
  const first = await e2e.startApp((parts) => {
    const changed = dying.change(parts);
    return {
      ...changed,
      fetch: (input, init) => {
        if (input === url) heard.push((JSON.parse(init?.body as string) as { readonly id: string }).id);
        return changed.fetch(input, init);
      },
    };
  });
  await e2e.until("the message is there and nobody has heard", () => heard.length > 0, 30 * minute);
  await first.stop();
  const receiver = givenReceiver(taken);
  await e2e.startApp(receiver.change);
  await e2e.until("it is told again", () => receiver.taken.length > 0, 30 * minute);
  expect(receiver.taken[0]?.["id"]).toBe(heard[0]);
  expect(codesOf(receiver.taken)).toEqual(["raised queue_depth"]);
});

test("a receiver that never answers keeps no task from its end, and is told of on GitHub when it was tried for an hour", async () => {
  const e2e = await givenE2e(
    scenario.replace("alerts: {", "alerts: { issue: 6,").replace("notify: { progress: true }", "notify: {}"),
  );
  const receiver = givenReceiver(() => new Promise(() => undefined));
  await e2e.startApp(receiver.change);
  await e2e.until("work has begun", () => e2e.sessions(1).length === 1, 10 * minute);
  expect(await e2e.command(2, "/orchestrate complete")).toBe("+1");
  const said = (): string => e2e.issue(6).comments.find(({ body }) => body.includes("orchestrate:alerts"))?.body ?? "";
  await e2e.until("GitHub says so", () => said().includes("alerts do not reach the webhook"), 180 * minute);
  expect(said()).toContain("no answer came in time");
  expect(e2e.sessions(3)).toHaveLength(1);
});
