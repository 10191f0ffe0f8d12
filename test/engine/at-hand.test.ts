/** The state for somebody who asks once: read without a trace, or told one thing beside whoever serves the repository. */
import { describe, expect, test } from "vitest";
import { readAtHand, switchModeAtHand } from "../../src/engine/at-hand.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { configOf, issue, observation } from "../support/build.ts";
import { countingStore, createManualClock, laneOf, partsOf, pass, rest } from "./given.ts";

const down = new StoreUnavailable("GitHub does not answer.", { retryAfterMs: 3_600_000 });

/** A store that nobody has written to, the App's lane on it, and what somebody at a terminal brings along. */
function ground() {
  const clock = createManualClock();
  const store = countingStore(() => down);
  const app = laneOf(partsOf("app", { store, clock }));
  const look = (number: number) => ({
    type: "Observe" as const,
    id: app.nextId("observe"),
    observation: observation({ issues: [issue(number)] }),
  });
  const configure = { type: "Configure" as const, id: app.nextId("configure"), sha: "sha-1", config: configOf() };
  return {
    clock,
    store,
    app,
    look,
    terminal: partsOf("terminal", { store, clock }),
    begin: () => app.submit([{ ...configure, problems: [] }, look(1)]),
  };
}

describe("where nobody has ever written", () => {
  test("reading and switching say so, and the state is not begun by it", async () => {
    const { terminal, store } = ground();
    expect(await readAtHand(terminal)).toBeNull();
    expect(await switchModeAtHand(terminal, { mode: "effort", by: "ann" })).toBeNull();
    expect(store.appends).toEqual([]);
  });
});

describe("reading", () => {
  test("shows the state with the configuration in force, and writes nothing", async () => {
    const { terminal, store, begin } = ground();
    await begin();
    const found = await readAtHand(terminal);
    expect(found?.state.tasks.size).toBe(1);
    expect(found?.context.config.mode).toBe(configOf().mode);
    expect(store.appends).toHaveLength(1);
  });
});

describe("switching the mode", () => {
  test("is one entry that whoever serves the repository reads and ranks by", async () => {
    const { terminal, store, begin, app } = ground();
    await begin();
    const switched = await switchModeAtHand(terminal, { mode: "effort", by: "ann" });
    expect(switched).toMatchObject({ isChanged: true, state: { mode: "effort", modeBy: "ann" } });
    expect((await store.events()).at(-1)).toMatchObject({ type: "ModeChanged", mode: "effort", by: "ann" });
    await app.refresh();
    expect(app.stream.peek()?.mode).toBe("effort");
  });

  test("to what is in force already writes nothing and says that nothing was changed", async () => {
    const { terminal, store, begin } = ground();
    await begin();
    await switchModeAtHand(terminal, { mode: "effort", by: "ann" });
    const again = await switchModeAtHand(terminal, { mode: "effort", by: "ben" });
    expect(again).toMatchObject({ isChanged: false, state: { modeBy: "ann" } });
    expect(store.appends).toHaveLength(2);
  });

  test("back to the configuration takes away what a command had put there", async () => {
    const { terminal, begin } = ground();
    await begin();
    await switchModeAtHand(terminal, { mode: "effort", by: "ann" });
    const back = await switchModeAtHand(terminal, { mode: null, by: "ann" });
    expect(back).toMatchObject({ isChanged: true, state: { mode: null, modeBy: null } });
  });

  test("loses nothing when the App has written between its reading and its writing", async () => {
    const { clock, terminal, store, begin, app, look } = ground();
    await begin();
    const { append } = store;
    let others: Promise<void> | null = null;
    store.append = async (...write) => {
      if (others === null) {
        others = app.submit([look(2)]);
        await others;
      }
      return append(...write);
    };
    const switching = switchModeAtHand(terminal, { mode: "critical", by: "ann" });
    await rest();
    await pass(clock, 1_000);
    const switched = await switching;
    expect(switched).toMatchObject({ isChanged: true, state: { mode: "critical" } });
    expect(switched?.state.tasks.size).toBe(2);
    expect((await store.events()).filter(({ type }) => type === "ModeChanged")).toHaveLength(1);
  });

  test("fails at once when the state cannot be written, instead of waiting for an hour at a terminal", async () => {
    const { terminal, store, begin } = ground();
    await begin();
    store.trouble = () => {
      throw down;
    };
    await expect(switchModeAtHand(terminal, { mode: "effort", by: "ann" })).rejects.toBe(down);
  });
});
