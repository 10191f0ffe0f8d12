/**
 * The whole App on the embedded GitHub, in virtual time, for the end-to-end tests: webhooks come in signed, requests go
 * out over HTTP messages, and a test acts as the people and lets time pass until something is so.
 */
import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { playJob, startReplica } from "../../src/embed.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { createCarrier } from "../../src/sandbox/carrier.ts";
import { noFaults } from "../../src/sandbox/faults.ts";
import { vendorBaseUrls } from "../../src/sandbox/headless.ts";
import type { CommentRecord, Delivery, IssueRecord, TimelineEntry } from "../../src/sandbox/records.ts";
import type { Replica, ReplicaParts } from "../../src/sandbox/replica.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import { createSimulation, type Simulation } from "../../src/sandbox/simulation.ts";
import { createTurnstile } from "../../src/sandbox/turnstile.ts";
import { createVirtualClock, immediate, settle, type ClockFace } from "../../src/sandbox/virtual-clock.ts";
import type { World } from "../../src/sandbox/world.ts";

export const minute = 60_000;
export const hour = 60 * minute;

/** A line that the App wrote for its operator. */
export interface JournalLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly text: string;
}

/** A running copy of the App. */
export interface Copy {
  readonly replica: Replica;
  /** Ends it as a process ends: its timers and requests are gone. */
  stop(): Promise<void>;
}

/** Starts a copy. Time stands still while something is `held`: what travels over a real socket is seen by no virtual clock. */
export type StartCopy = (
  parts: ReplicaParts,
  held: <Result>(promise: Promise<Result>) => Promise<Result>,
) => Promise<Replica>;

export interface E2e {
  readonly simulation: Simulation;
  readonly world: World;
  readonly journal: readonly JournalLine[];
  readonly timeline: readonly TimelineEntry[];
  readonly deliveries: readonly Delivery[];
  /** Webhooks that the App would not take, with the reason. */
  readonly rejected: readonly string[];
  readonly now: () => number;
  /** Starts a copy of the App and waits until it can take webhooks. `change` makes it a different one. */
  startApp(change?: (parts: ReplicaParts) => ReplicaParts, start?: StartCopy): Promise<Copy>;
  /** What a program of somebody's own gets, such as the command line. */
  partsFor(owner: string): ReplicaParts;
  /** Lets time pass until `isSo`; fails with the tail of the journal when it is not so within `withinMs` (6 hours). */
  until(what: string, isSo: () => boolean, withinMs?: number): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Lets time pass while something is awaited that needs it. */
  drive<Result>(promise: Promise<Result>): Promise<Result>;
  /** From now on no webhook arrives, or all do. */
  loseWebhooks(isLost: boolean): void;
  /** Posts a webhook of one's own making; resolves when the App took it, rejects when it did not. */
  post(webhook: {
    readonly event: string;
    readonly payload: unknown;
    readonly signature?: string;
    readonly id?: string;
  }): Promise<void>;
  /** The one comment that the App keeps on the issue; "" when there is none. Fails when there are two. */
  sticky(number: number): string;
  /** A person writes a comment. */
  say(number: number, body: string, by?: string): Promise<CommentRecord>;
  /** The same, and waits for the App's reaction. Returns it. */
  command(number: number, body: string, by?: string): Promise<string>;
  /** Waits until the comment of the App on the issue says so. */
  untilSaid(number: number, words: RegExp): Promise<void>;
  labels(number: number): readonly string[];
  /** Waits until the issues are closed as completed. */
  untilDone(numbers: readonly number[]): Promise<void>;
  issue(number: number): IssueRecord;
  /** Commits a configuration to the default branch. Returns the commit. */
  configure(text: string): Promise<string>;
  /** Sessions that a vendor saw starting for the issue. */
  sessions(number: number): readonly { readonly worker: string; readonly at: number }[];
  /** Whether the journal has a line that fits. */
  isLogged(pattern: RegExp): boolean;
}

const leftovers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const clean of leftovers.splice(0)) await clean();
});

const stickyMark = "<!-- orchestrate:sticky -->";

/** People of every scenario beside those that it names. */
const people = { ann: "admin", maria: "write", tom: "triage", reader: "read", stranger: "none" } as const;

/** A repository with the scenario's backlog, and no App yet. Written as YAML; short sessions unless it says otherwise. */
export async function givenE2e(yaml: string): Promise<E2e> {
  const scenario = parseScenario(yaml, "The scenario of the test");
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-e2e-"));
  const clock = createVirtualClock(Date.parse(scenario.start));
  const chance = createSeededChance(scenario.seed);
  const turnstile = createTurnstile(async () => {
    for (let round = 0; round < 3; round += 1) await immediate();
  });
  const lines: JournalLine[] = [];
  const simulation = await createSimulation({
    scenario,
    faults: noFaults,
    clock,
    clockFor: (owner) => clock.face(owner),
    chance,
    turnstile,
    journal: createListJournal(lines),
    directory,
    htmlUrl: "https://github.test",
    vendorBaseUrls,
    files: {},
    playJob,
  });
  const { world, timeline } = simulation;
  for (const [login, permission] of Object.entries(people)) world.addUser({ login, permission });
  const copies: (Copy & { readonly clock: ClockFace })[] = [];
  const rejected: string[] = [];
  const deliveries: Delivery[] = [];
  let isDeaf = false;
  let heldCount = 0;
  const openCount = (): number => turnstile.openCount + world.openCount + heldCount;
  const held = async <Result>(promise: Promise<Result>): Promise<Result> => {
    heldCount += 1;
    try {
      return await promise;
    } finally {
      heldCount -= 1;
    }
  };
  const carrier = createCarrier({
    clock,
    chance: chance.fork("webhooks"),
    faults: noFaults.webhooks,
    timeline,
    receivers: () =>
      copies.slice(-1).map(({ replica }) => ({
        receive: (delivery: Delivery) =>
          replica
            .receive(delivery)
            .catch((error: unknown) => void rejected.push(`${delivery.event}: ${String(error)}`)),
      })),
  });
  world.onDelivery((delivery) => {
    deliveries.push(delivery);
    if (!isDeaf) carrier.carry(delivery);
  });

  async function drive<Result>(promise: Promise<Result>): Promise<Result> {
    let isSettled = false;
    const watched = promise.finally(() => void (isSettled = true));
    watched.catch(() => undefined);
    for (;;) {
      await settle({ openCount });
      if (isSettled) return watched;
      if (clock.fireNext() === null) throw new Error("Nothing moves any more, and what is awaited has not come.");
    }
  }

  async function until(what: string, isSo: () => boolean, withinMs = 6 * hour): Promise<void> {
    const end = clock.now() + withinMs;
    for (;;) {
      await settle({ openCount });
      if (isSo()) return;
      const { nextAt } = clock;
      if (nextAt === null || nextAt > end) break;
      clock.fireNext();
    }
    const tail = lines.slice(-25).map(({ level, text }) => `  ${level}: ${text}`);
    throw new Error(`Waited ${withinMs / minute} minutes in vain until ${what}. The journal ends:\n${tail.join("\n")}`);
  }

  async function pass(ms: number): Promise<void> {
    const end = clock.now() + ms;
    for (;;) {
      await settle({ openCount });
      const { nextAt } = clock;
      if (nextAt === null || nextAt > end) break;
      clock.fireNext();
    }
    clock.moveTo(end);
  }

  const partsFor = (owner: string, own: ClockFace): ReplicaParts =>
    simulation.partsFor({ owner, clock: own, chance: chance.fork(owner), caller: null });

  async function startApp(
    change = (parts: ReplicaParts): ReplicaParts => parts,
    start: StartCopy = startReplica,
  ): Promise<Copy> {
    const owner = `replica-${copies.length + 1}`;
    const own = clock.face(owner);
    const replica = await drive(start(change(partsFor(owner, own)), held));
    const copy = {
      replica,
      clock: own,
      async stop() {
        await replica.stop();
        own.stop();
        copies.splice(copies.indexOf(copy), 1);
      },
    };
    copies.push(copy);
    return copy;
  }

  leftovers.push(async () => {
    for (const copy of copies.slice()) await copy.stop();
    await settle({ openCount });
    await world.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  });
  await simulation.setUp();

  const app = "orchestrate[bot]";
  const secret = partsFor("tester", clock.face("tester")).webhookSecret;
  let posted = 0;

  function sticky(number: number): string {
    const own = world.issue(number).comments.filter((each) => each.author.login === app);
    expect(own.length, `Comments of the App on #${number}`).toBeLessThanOrEqual(1);
    const text = own[0]?.body ?? "";
    if (text !== "") expect(text).toContain(stickyMark);
    return text;
  }

  const say: E2e["say"] = (number, body, by = "maria") => {
    // The people of the scenario merge nothing that was called off.
    simulation.observed.backlog.heard({ number, by, body, at: clock.now() });
    return world.comment({ by, number, body });
  };

  return {
    simulation,
    world,
    journal: lines,
    timeline: timeline.entries,
    deliveries,
    rejected,
    now: () => clock.now(),
    startApp,
    partsFor: (owner) => partsFor(owner, clock.face(owner)),
    until,
    pass,
    drive,
    loseWebhooks(isLost) {
      isDeaf = isLost;
    },
    async post({ event, payload, signature, id }) {
      const body = typeof payload === "string" ? payload : JSON.stringify(payload);
      const [copy] = copies.slice(-1);
      if (copy === undefined) throw new Error("No App runs.");
      const signed = signature ?? `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
      posted += 1;
      const delivery = { id: id ?? `posted-${posted}`, event, body, signature: signed, headers: {}, at: clock.now() };
      await drive(copy.replica.receive(delivery));
    },
    sticky,
    say,
    async command(number, body, by) {
      const comment = await say(number, body, by);
      await until(`"${body.slice(0, 60)}" is acknowledged`, () => comment.reactions.length > 0, 10 * minute);
      await pass(5_000);
      expect(comment.reactions.map((each) => each.user.login)).toEqual([app]);
      return comment.reactions[0]?.content ?? "";
    },
    async untilSaid(number, words) {
      try {
        await until(`the comment on #${number} says ${String(words)}`, () => words.test(sticky(number)), 30 * minute);
      } catch (error) {
        throw new Error(`The comment on #${number} is:\n${sticky(number)}`, { cause: error });
      }
    },
    labels(number) {
      return simulation.observed.labels(number).toSorted();
    },
    untilDone: (numbers) =>
      until(
        `${numbers.map((number) => `#${number}`).join(", ")} are done`,
        () =>
          numbers.every(
            (number) => world.issue(number).state === "closed" && world.issue(number).stateReason === "completed",
          ),
        24 * hour,
      ),
    issue: (number) => world.issue(number),
    async configure(text) {
      const { sha } = await world.push({
        by: "maria",
        branch: "main",
        files: { ".github/orchestrate.yml": text },
        message: "Change the configuration",
      });
      return sha;
    },
    sessions: (number) => {
      const key = simulation.observed.backlog.byNumber(number)?.issue.key ?? `#${number}`;
      return timeline.entries
        .filter((entry) => entry.action === "session_started" && entry.detail["task"] === key)
        .map((entry) => ({ worker: String(entry.detail["worker"]), at: entry.at }));
    },
    isLogged: (pattern) => lines.some(({ text }) => pattern.test(text)),
  };
}

function createListJournal(lines: JournalLine[]): Journal {
  const at =
    (level: JournalLine["level"]) =>
    (message: string, data?: Readonly<Record<string, unknown>>): void => {
      const { event: _event, ...rest } = data ?? {};
      lines.push({ level, text: Object.keys(rest).length === 0 ? message : `${message} ${JSON.stringify(rest)}` });
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
