/** How events change what is remembered of the cockpit: where it is, what was written last, and what ticks brought. */
import type { CockpitRecord, CockpitWritten } from "../model/cockpit.ts";
import type { Config } from "../model/config.ts";
import type { EventOf } from "../model/event.ts";
import { noteLastCommand } from "./command.ts";
import type { State } from "../state/state.ts";

/** Ticks that are still told; older ones are in the log. */
const saidKept = 6;

/** The cockpit of a log that speaks of one before any was written is nobody's: such events change nothing. */
function revise(state: State, change: (cockpit: CockpitRecord) => Partial<CockpitRecord>): void {
  if (state.cockpit !== null) state.cockpit = { ...state.cockpit, ...change(state.cockpit) };
}

export function foldBoxTicked(state: State, event: EventOf<"BoxTicked">): void {
  const { box, by, isDone, answer, tickedAt, kept } = event;
  noteLastCommand(state, kept);
  revise(state, ({ said, heardAt }) => ({
    said: [{ box, by, at: state.at, isDone, answer }, ...said].slice(0, saidKept),
    heardAt: Math.max(heardAt, tickedAt),
    digest: null,
    touchedAt: state.at,
  }));
}

export function foldCockpitEdited(state: State, event: EventOf<"CockpitEdited">): void {
  revise(state, ({ heardAt }) => ({
    heardAt: Math.max(heardAt, event.editedAt),
    digest: null,
    touchedAt: state.at,
  }));
}

export function foldCockpitEnded(state: State, event: EventOf<"CockpitEnded">): void {
  revise(state, () => ({ end: event.end, digest: null, touchedAt: state.at }));
}

export function foldCockpitReopened(state: State): void {
  revise(state, () => ({ end: null, digest: null, touchedAt: state.at }));
}

/** What was written before somebody touched it may no longer be what stands there. */
export function foldCockpitWritten(state: State, { at, digest, ...written }: CockpitWritten): void {
  const known = state.cockpit?.node === written.node ? state.cockpit : null;
  const isOvertaken = known !== null && known.touchedAt > at;
  state.cockpit = {
    heardAt: 0,
    said: [],
    touchedAt: 0,
    ...known,
    ...written,
    // The end that a person has brought meanwhile stands.
    end: isOvertaken ? known.end : written.end,
    digest: isOvertaken ? null : digest,
    writtenAt: Math.max(at, known?.writtenAt ?? 0),
  };
}

/** Switched on again: one that a person had closed is wanted again, and for one that is gone there will be another. */
export function foldCockpitSwitch(state: State, next: Config): void {
  const wasOff = state.configuration?.config.cockpit === false;
  if (!wasOff || !next.cockpit || state.cockpit === null) return;
  if (state.cockpit.end === "gone") state.cockpit = null;
  else revise(state, () => ({ end: "off", digest: null }));
}
