/**
 * The state for somebody who asks once and goes away, as the command line does: read as it stands, or told one thing. Nothing is
 * scheduled, delivered or looked at here; whoever serves the repository does that.
 */
import type { Context } from "../core/context.ts";
import type { State } from "../core/state.ts";
import type { Mode } from "../model/mode.ts";
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

export interface Switch {
  /** Null: the configuration's again. */
  readonly mode: Mode | null;
  /** A login, or a word with a colon for whoever has none. */
  readonly by: string;
}

/**
 * Puts a mode in force, in an append of its own beside all others who write. Null: nobody has ever written here, and nothing is
 * written now. Rejects when the state cannot be read or written; then the switch may have landed, and repeating it is harmless.
 */
export async function switchModeAtHand(
  parts: EngineParts,
  { mode, by }: Switch,
): Promise<(AtHand & { readonly isChanged: boolean }) | null> {
  const lane = createReportingLane(parts, { isImpatient: true });
  const known = await lane.stream.current();
  if (known.version === 0) return null;
  const before = known.mode;
  await lane.submit([{ type: "SwitchMode", id: lane.nextId("mode"), mode, by }]);
  const state = await lane.stream.current();
  return { state, context: lane.contextOf(state), isChanged: before !== state.mode };
}
