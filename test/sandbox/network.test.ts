import { describe, expect, test } from "vitest";
import { createCarrier } from "../../src/sandbox/carrier.ts";
import { Faults, noFaults } from "../../src/sandbox/faults.ts";
import { createNetwork, type Caller } from "../../src/sandbox/network.ts";
import type { Delivery } from "../../src/sandbox/records.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import { createTimeline } from "../../src/sandbox/timeline.ts";
import { createTurnstile } from "../../src/sandbox/turnstile.ts";
import { createVirtualClock, immediate, settle } from "../../src/sandbox/virtual-clock.ts";

type Api = Partial<Faults["api"]>;

function setUp(api: Api, crashRate = 0) {
  const clock = createVirtualClock(0);
  const turnstile = createTurnstile(immediate);
  const landed: string[] = [];
  let isAlive = true;
  const caller: Caller = {
    isAlive: () => isAlive,
    crash: () => {
      isAlive = false;
    },
    crashRate,
    chance: createSeededChance(3),
  };
  const network = createNetwork({
    clock,
    turnstile,
    faults: Faults.parse({ api }),
    route: (url) => {
      if (url.hostname === "nowhere.test") return null;
      return {
        kind: url.hostname === "github.test" ? "github" : "vendor",
        handle: async (request) => {
          landed.push(request.url);
          return new Response("ok");
        },
      };
    },
  });
  const rest = (): Promise<void> => settle({ openCount: () => turnstile.openCount });
  return { clock, landed, fetch: network.fetchFor(caller), rest, isAlive: () => isAlive };
}

describe("the network", () => {
  test("without faults a request arrives and the answer carries its URL", async () => {
    const { fetch, landed } = setUp({});
    const response = await fetch("https://github.test/api/v3/x");
    expect(response.url).toBe("https://github.test/api/v3/x");
    expect(landed).toHaveLength(1);
  });

  test("an unknown host is refused as by a resolver", async () => {
    await expect(setUp({}).fetch("https://nowhere.test/")).rejects.toMatchObject({ cause: { code: "ENOTFOUND" } });
  });

  test("an error is a 5xx and nothing landed", async () => {
    const { fetch, landed } = setUp({ error: 1 });
    const response = await fetch("https://github.test/");
    expect(response.status).toBeGreaterThanOrEqual(500);
    expect(landed).toEqual([]);
  });

  test("a secondary limit is a 403 of GitHub and a 429 of a vendor, each with its wait", async () => {
    const { fetch } = setUp({ secondaryLimit: 1 });
    const github = await fetch("https://github.test/");
    const vendor = await fetch("https://vendor.test/");
    expect([github.status, github.headers.get("retry-after")]).toEqual([403, "60"]);
    expect([vendor.status, vendor.headers.get("retry-after")]).toEqual([429, "60"]);
  });

  test("a timeout rejects after 10 s, and about half of them landed", async () => {
    const { fetch, clock, landed, rest } = setUp({ timeout: 1 });
    const calls = Array.from({ length: 60 }, () => fetch("https://github.test/").catch((error: unknown) => error));
    await rest();
    while (clock.fireNext() !== null) await rest();
    const errors = await Promise.all(calls);
    expect(clock.now()).toBe(10_000);
    expect(errors.every((error) => error instanceof TypeError)).toBe(true);
    expect(landed.length).toBeGreaterThan(15);
    expect(landed.length).toBeLessThan(45);
  });

  test("a dead caller hears nothing of this call or any later one", async () => {
    const { fetch, isAlive, landed, rest } = setUp({}, 1);
    let isHeard = false;
    for (let call = 0; call < 3; call += 1) {
      void fetch("https://github.test/").finally(() => {
        isHeard = true;
      });
    }
    await rest();
    expect(isAlive()).toBe(false);
    expect(isHeard).toBe(false);
    expect(landed.length).toBeLessThanOrEqual(1);
  });
});

function deliveryOf(id: string): Delivery {
  return { id, event: "issues", body: "{}", signature: "", headers: {}, at: 0 };
}

async function carryAll(webhooks: unknown, count = 200): Promise<{ readonly got: string[]; readonly dropped: number }> {
  const clock = createVirtualClock(0);
  const timeline = createTimeline(clock);
  const got: string[] = [];
  const receiver = {
    receive: async (delivery: Delivery) => {
      got.push(delivery.id);
    },
  };
  const { webhooks: faults } = Faults.parse({ webhooks });
  const carrier = createCarrier({
    clock,
    chance: createSeededChance(1),
    faults,
    timeline,
    receivers: () => [receiver],
  });
  for (let index = 0; index < count; index += 1) {
    carrier.carry(deliveryOf(String(index)));
    clock.after(index * 100, "next", () => undefined);
  }
  do await settle({ openCount: () => 0 });
  while (clock.fireNext() !== null);
  expect(carrier.openCount).toBe(0);
  return { got, dropped: timeline.entries.filter((entry) => entry.action === "webhook_dropped").length };
}

describe("the carrier of webhooks", () => {
  test("without faults every webhook arrives once and in order", async () => {
    const { got } = await carryAll({}, 20);
    expect(got).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
  });

  test("dropped webhooks are gone and are in the timeline", async () => {
    const { got, dropped } = await carryAll({ drop: 0.5 });
    expect(got.length + dropped).toBe(200);
    expect(dropped).toBeGreaterThan(60);
  });

  test("duplicates keep their id, and reordering loses nothing", async () => {
    expect((await carryAll({ duplicate: 1 }, 20)).got).toHaveLength(40);
    const { got } = await carryAll({ reorder: true }, 40);
    expect(got.toSorted((a, b) => Number(a) - Number(b))).not.toEqual(got);
    expect(new Set(got).size).toBe(40);
  });

  test("an App that does not answer within 10 s has missed it", async () => {
    const clock = createVirtualClock(0);
    const timeline = createTimeline(clock);
    const carrier = createCarrier({
      clock,
      chance: createSeededChance(1),
      faults: noFaults.webhooks,
      timeline,
      receivers: () => [{ receive: () => new Promise<void>(() => undefined) }],
    });
    carrier.carry(deliveryOf("x"));
    do await settle({ openCount: () => 0 });
    while (clock.fireNext() !== null);
    expect(timeline.entries.map((entry) => [entry.at, entry.action])).toEqual([[10_100, "webhook_dropped"]]);
  });
});
