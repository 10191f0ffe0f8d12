/** The state for somebody who asks once: read without a trace, or told one thing beside whoever serves the repository. */
import { describe, expect, test } from "vitest";
import { readAtHand, tellAtHand, type Told } from "../../src/engine/at-hand.ts";
import type { EngineParts } from "../../src/engine/parts.ts";
import type { Mode } from "../../src/model/mode.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { configOf, issue, observation, taskId, writer } from "../support/build.ts";
import { countingStore, createManualClock, laneOf, partsOf, pass, rest } from "./given.ts";

const down = new StoreUnavailable("GitHub does not answer.", { retryAfterMs: 3_600_000 });

/** What `orchestrate mode` has decided. */
function switchMode(
  parts: EngineParts,
  { mode, by }: { readonly mode: Mode | null; readonly by: string },
): Promise<Told | null> {
  return tellAtHand(parts, (id) => ({ type: "SwitchMode", id, mode, by }));
}

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
    expect(await switchMode(terminal, { mode: "effort", by: "ann" })).toBeNull();
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
    const switched = await switchMode(terminal, { mode: "effort", by: "ann" });
    expect(switched).toMatchObject({ events: [{ type: "ModeChanged" }], state: { mode: "effort", modeBy: "ann" } });
    expect((await store.events()).at(-1)).toMatchObject({ type: "ModeChanged", mode: "effort", by: "ann" });
    await app.refresh();
    expect(app.stream.peek()?.mode).toBe("effort");
  });

  test("to what is in force already writes nothing and says that nothing was changed", async () => {
    const { terminal, store, begin } = ground();
    await begin();
    await switchMode(terminal, { mode: "effort", by: "ann" });
    const again = await switchMode(terminal, { mode: "effort", by: "ben" });
    expect(again).toMatchObject({ events: [], state: { modeBy: "ann" } });
    expect(store.appends).toHaveLength(2);
  });

  test("back to the configuration takes away what a command had put there", async () => {
    const { terminal, begin } = ground();
    await begin();
    await switchMode(terminal, { mode: "effort", by: "ann" });
    const back = await switchMode(terminal, { mode: null, by: "ann" });
    expect(back).toMatchObject({ events: [{ type: "ModeChanged" }], state: { mode: null, modeBy: null } });
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
    const switching = switchMode(terminal, { mode: "critical", by: "ann" });
    await rest();
    await pass(clock, 1_000);
    const switched = await switching;
    expect(switched).toMatchObject({ events: [{ type: "ModeChanged" }], state: { mode: "critical" } });
    expect(switched?.state.tasks.size).toBe(2);
    expect((await store.events()).filter(({ type }) => type === "ModeChanged")).toHaveLength(1);
  });

  test("fails at once when the state cannot be written, instead of waiting for an hour at a terminal", async () => {
    const { terminal, store, begin } = ground();
    await begin();
    store.trouble = () => {
      throw down;
    };
    await expect(switchMode(terminal, { mode: "effort", by: "ann" })).rejects.toBe(down);
  });
});

describe("a slash command that was given at a terminal", () => {
  test("is decided as on the issue, with nothing to react to and nothing to answer there", async () => {
    const { terminal, store, begin, app } = ground();
    await begin();
    const command = { type: "Instruct", by: writer, task: taskId(1), comment: null, problem: null } as const;
    const told = await tellAtHand(terminal, (id) => ({ ...command, id, instruction: { verb: "complete" } }));
    expect(told?.events).toMatchObject([
      { type: "TaskCompleted", task: taskId(1), receipt: { kind: "command", by: "wanda" } },
      { type: "CommandAnswered", comment: null, reaction: "+1", answer: null },
    ]);
    await app.refresh();
    expect(app.stream.peek()?.tasks.get(taskId(1))?.receipt).not.toBeNull();
    const effects = [...(app.stream.peek()?.outbox.entries() ?? [])].map(([, { effect }]) => effect.type);
    expect(effects).toContain("UpdateIssue");
    expect(effects).not.toContain("AcknowledgeComment");
    const refused = await tellAtHand(terminal, (id) => {
      return { ...command, id, instruction: { verb: "handoff", target: "nobody" } };
    });
    expect(refused?.events).toMatchObject([{ type: "CommandAnswered", reaction: "-1" }]);
    expect(refused?.state.tasks.get(taskId(1))?.answer).toBeNull();
    expect(store.appends).toHaveLength(3);
  });

  test("can be taken back on the issue", async () => {
    const { terminal, begin, app } = ground();
    await begin();
    const command = { type: "Instruct", by: writer, task: taskId(1), problem: null } as const;
    await tellAtHand(terminal, (id) => ({ ...command, id, comment: null, instruction: { verb: "complete" } }));
    await app.refresh();
    const id = app.nextId("comment");
    await app.submit([{ ...command, id, comment: "IC_1", instruction: { verb: "undo" } }]);
    expect(app.stream.peek()?.tasks.get(taskId(1))?.receipt).toBeNull();
  });
});
