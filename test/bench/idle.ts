/** What an App at rest asks of GitHub: cycles in virtual time, with nothing in flight. */
import { createVirtualClock, settle, type VirtualClock } from "../../src/sandbox/virtual-clock.ts";
import { createField, type Field } from "./field.ts";

export interface Idle {
  readonly backlog: number;
  readonly cycles: number;
  /** A cycle. */
  readonly requests: number;
  /** A cycle; answers that nothing changed are free. */
  readonly restPoints: number;
  readonly graphqlPoints: number;
  readonly writes: number;
  /** Taking stock, from the start until the first cycle. */
  readonly stock: Spent;
  /** An hour of idle cycles with the full read that makes right what cursors cannot see. */
  readonly hour: Spent;
  readonly troubles: readonly string[];
}

export interface Spent {
  readonly requests: number;
  readonly points: number;
}

const restingCycles = 12;
const measuredCycles = 10;
const cyclesAnHour = 120;

interface Counted {
  readonly requests: number;
  readonly restPoints: number;
  readonly graphqlPoints: number;
  readonly writes: number;
}

/** Measures one backlog. */
export async function measureIdle(backlog: number): Promise<Idle> {
  const clock = createVirtualClock(Date.parse("2026-01-05T08:00:00Z"));
  const troubles: string[] = [];
  const field = await createField({
    clock,
    transport: "in process",
    dispatch: "workflow",
    backlog,
    candidates: 0,
    minGapMs: 1_000,
    onTrouble: (message, data) => troubles.push(`${message} ${JSON.stringify(data)}`),
  });
  field.world.onDelivery((delivery) => {
    clock.after(100, "delivery", () => {
      field.deliver(delivery).catch((error: unknown) => troubles.push(String(error)));
    });
  });
  try {
    const before = count(field);
    await drive(field, clock, field.startApp());
    await pass(field, clock, restingCycles);
    const stock = spent(before, count(field));
    const begin = count(field);
    await pass(field, clock, measuredCycles);
    const end = count(field);
    await pass(field, clock, cyclesAnHour - measuredCycles);
    const a = (key: keyof Counted): number => (end[key] - begin[key]) / measuredCycles;
    return {
      backlog,
      cycles: measuredCycles,
      requests: a("requests"),
      restPoints: a("restPoints"),
      graphqlPoints: a("graphqlPoints"),
      writes: a("writes"),
      stock,
      hour: spent(begin, count(field)),
      troubles: [...new Set(troubles)],
    };
  } finally {
    await field.close();
  }
}

function count({ counts, world }: Field): Counted {
  const { rest, graphqlPoints, mutations, stateCommits } = world.counters;
  return {
    requests: counts.requests,
    restPoints: rest - counts.notModified,
    graphqlPoints,
    writes: mutations + stateCommits,
  };
}

function spent(from: Counted, to: Counted): Spent {
  const points = to.restPoints + to.graphqlPoints - from.restPoints - from.graphqlPoints;
  return { requests: to.requests - from.requests, points };
}

/** Lets time pass until so many cycles have begun and come to rest. */
async function pass(field: Field, clock: VirtualClock, cycles: number): Promise<void> {
  for (let begun = 0; begun < cycles;) {
    await settle({ openCount: () => openCount(field) });
    const fired = clock.fireNext();
    if (fired === null) throw new Error("The App has no cycle.");
    if (fired.label === "cycle") begun += 1;
  }
  await settle({ openCount: () => openCount(field) });
}

async function drive(field: Field, clock: VirtualClock, work: Promise<void>): Promise<void> {
  let isDone = false;
  const watched = work.finally(() => (isDone = true));
  watched.catch(() => undefined);
  for (;;) {
    await settle({ openCount: () => openCount(field) });
    if (isDone) return watched;
    if (clock.fireNext() === null) throw new Error("The App never came up.");
  }
}

function openCount({ world, counts }: Field): number {
  return world.openCount + counts.open;
}
