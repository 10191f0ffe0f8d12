/**
 * The state for somebody who asks once and goes away, as the command line does: read as it stands, or told one thing. Nothing is
 * scheduled, delivered or looked at here; whoever serves the repository does that.
 */
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import type { Command } from "../model/command.ts";
import type { Event } from "../model/event.ts";
import type { CommandId } from "../model/ids.ts";
import { createReportingLane } from "./job.ts";
import type { EngineParts } from "./parts.ts";

/** The state, and the instant and the configuration to read it by. */
export interface AtHand {
  readonly state: State;
  readonly context: Context;
}

/** Writes nothing. Null: nobody has ever written here. Rejects when the state cannot be read. */
export async function readAtHand(parts: EngineParts): Promise<AtHand | null> {
  const lane = createReportingLane(parts);
  const state = await lane.stream.current();
  return state.version === 0 ? null : { state, context: lane.contextOf(state) };
}

export interface Told extends AtHand {
  /** What was decided of it; `[]`: it changes nothing. */
  readonly events: readonly Event[];
}

/**
 * Has one command decided and written, in an append of its own beside all others who write. Null: nobody has ever written here, and
 * nothing is written now. Rejects when the state cannot be read or written; then it may have landed all the same.
 */
export async function tellAtHand(parts: EngineParts, toCommand: (id: CommandId) => Command): Promise<Told | null> {
  const events: Event[] = [];
  const lane = createReportingLane(parts, {
    isImpatient: true,
    onEntries: (entries) => events.push(...entries.flatMap((entry) => entry.events)),
  });
  if ((await lane.stream.current()).version === 0) return null;
  await lane.submit([toCommand(lane.nextId("order"))]);
  // Nobody is here later for what could wait for company.
  await lane.flush();
  const state = await lane.stream.current();
  return { state, context: lane.contextOf(state), events };
}
