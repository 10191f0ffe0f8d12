/**
 * Takes in what people do to the cockpit: ticked boxes become instructions with the permission of whoever ticked them, a closed
 * cockpit is left alone, and a text that was changed by hand is written anew. Nothing else of its text is ever read.
 */
import type { State } from "../state/state.ts";
import { commandOf, parseBoxKey } from "../model/box.ts";
import type { CockpitFacts } from "../model/cockpit.ts";
import type { Command } from "../model/command.ts";
import { toCommandId, type TaskId } from "../model/ids.ts";
import type { CockpitLook } from "../ports/cockpit.ts";
import type { Poll } from "../ports/tracker.ts";
import { readTicks } from "../views/boxes.ts";
import { ticksOf, type Tick } from "./cockpit-ticks.ts";
import { isSealed } from "./digest.ts";
import type { Lane } from "./lane.ts";
import type { World } from "./parts.ts";

/** Whether `issue` is the cockpit of `state`. */
export function isCockpit(state: State | null, issue: number): boolean {
  return state?.cockpit?.issue === issue;
}

/** Whether what a listing shows of the cockpit is worth a look: ticked, changed by hand, closed or reopened. */
export function isWorthALook(state: State, listed: NonNullable<Poll["cockpits"]>[number]): boolean {
  const isLeft = state.cockpit?.end === "closed" || state.cockpit?.end === "off";
  if (listed.isOpen === isLeft) return true;
  return readTicks(listed.body).length > 0 || !isSealed(listed.body);
}

interface Ground {
  readonly world: Pick<World, "tracker">;
  readonly lane: Lane;
}

/** Looks at the cockpit, where there is one, and decides what was found. Rejects as the tracker does. */
export async function lookAtCockpit({ world, lane }: Ground): Promise<void> {
  const state = await lane.stream.current();
  const { cockpit } = state;
  if (cockpit === null || cockpit.end === "gone") return;
  const look = await world.tracker.cockpit.look(cockpit.issue, cockpit.heardAt);
  await lane.submit(toCommands(look, cockpit, { state, lane }));
}

function toCommands(
  look: CockpitLook,
  cockpit: NonNullable<State["cockpit"]>,
  { state, lane }: { readonly state: State; readonly lane: Lane },
): readonly Command[] {
  const { issue, heardAt } = cockpit;
  const id = lane.nextId("cockpit");
  if (look.kind === "gone") {
    return [{ type: "ObserveCockpit", id, cockpit: { issue, state: "gone", touched: null } }];
  }
  const facts: CockpitFacts = { issue, state: look.isOpen ? "open" : "closed", touched: touchOf(look) };
  // The boxes of a closed cockpit are nobody's orders.
  const ticks = look.isOpen ? ticksOf(look.edits, heardAt) : [];
  return [
    ...ticks.flatMap((tick) => toInstruction(tick, issue, state)),
    { type: "ObserveCockpit", id, cockpit: facts },
  ];
}

/** Who changed it last, where it is not as we wrote it. */
function touchOf(look: CockpitLook & { readonly kind: "here" }): CockpitFacts["touched"] {
  const last = look.edits.at(-1);
  if (last === undefined || last.isOwn || isSealed(look.body)) return null;
  return { by: last.by.login, at: last.at };
}

/** Never the number of a task: a box about everything stands on no issue. */
const nowhere = "cockpit" as TaskId;

/** The same tick is the same command, however often it is looked at and by whichever copy of the program. */
function toInstruction({ key, by, at }: Tick, issue: number, state: State): readonly Command[] {
  const box = parseBoxKey(key);
  if (box === null) return [];
  const task = "number" in box ? state.numbers.get(box.number) : undefined;
  return [
    {
      type: "Instruct",
      id: toCommandId(`cockpit:${issue}:${at}:${key}`),
      by,
      task: task ?? nowhere,
      comment: "",
      instruction: commandOf(box),
      problem: null,
      box: { key, tickedAt: at, ...("hash" in box ? { hash: box.hash } : {}) },
    },
  ];
}
