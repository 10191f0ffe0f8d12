/**
 * Performs the effect that shows the cockpit: opens it where there is none, takes in what people did to it before it is written
 * over, and writes it where it would say something else than it did last.
 */
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import { cockpitMarker, type CockpitEnd, type CockpitRecord } from "../model/cockpit.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { RecordedEffect } from "../model/effect.ts";
import type { CockpitPlace } from "../ports/cockpit.ts";
import { TrackerUnavailable } from "../ports/tracker.ts";
import {
  cockpitTitle,
  renderClosedCockpit,
  renderCockpit,
  renderForecast,
  renderSwitchedOffCockpit,
} from "../views/cockpit.ts";
import { lookAtCockpit } from "./cockpit.ts";
import { toCockpitView } from "./cockpit-view.ts";
import { digestOf, sealText } from "./digest.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";
import type { Settled } from "./settlements.ts";

interface Ground {
  readonly parts: EngineParts;
  readonly world: Pick<World, "tracker">;
  readonly lane: Lane;
}

/** One outcome an effect; the first does for all. Rejects only when the state cannot be read. */
export async function updateCockpit(ground: Ground, effects: readonly RecordedEffect[]): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  for (const { id, attempts } of effects) {
    settled.push({ effect: id, outcome: await bring(ground, attempts > 1) });
  }
  return settled;
}

async function bring(ground: Ground, isRepeat: boolean): Promise<EffectOutcome> {
  const { lane } = ground;
  const before = await lane.stream.current();
  const context = lane.contextOf(before);
  if (before.cockpit === null) {
    return context.config.cockpit ? open(ground, toWanted(before, context)) : { kind: "done" };
  }
  const { version } = before;
  const wanted = toWanted(before, context);
  if (!isRepeat && isWritten(before.cockpit, wanted)) return { kind: "done" };
  try {
    // What was ticked must not be written over unheard.
    await lookAtCockpit(ground);
  } catch (error) {
    if (!(error instanceof TrackerUnavailable)) throw error;
    return { kind: "delayed", reason: error.message, retryAfterMs: error.retryAfterMs };
  }
  const state = await lane.stream.current();
  if (state.cockpit === null) return { kind: "done" };
  // To draw a large backlog takes a while: only what the look has changed is drawn again.
  const drawn = state.version === version ? wanted : toWanted(state, lane.contextOf(state));
  return write(ground, state.cockpit, drawn);
}

/** What should stand there. */
interface Wanted {
  readonly text: string;
  readonly digest: string;
  readonly end: CockpitEnd | null;
}

function toWanted(state: State, context: Context): Wanted {
  const end = state.cockpit?.end ?? null;
  if (end === "gone") return { text: "", digest: "", end };
  if (!context.config.cockpit) return plain(renderSwitchedOffCockpit(), end === "closed" ? "closed" : "off");
  if (end === "closed") return plain(renderClosedCockpit(), "closed");
  const view = toCockpitView(state, context);
  const text = renderCockpit(view);
  return { text, digest: digestOf(text.replace(renderForecast(view), "")), end: null };
}

function plain(text: string, end: CockpitEnd): Wanted {
  return { text, digest: digestOf(text), end };
}

function isWritten(cockpit: CockpitRecord, { digest, end }: Wanted): boolean {
  return end === "gone" || (cockpit.digest === digest && cockpit.end === end);
}

async function open({ parts, world }: Ground, wanted: Wanted): Promise<EffectOutcome> {
  const body = sealText(wanted.text);
  const outcome = await world.tracker.cockpit.open({ marker: cockpitMarker, title: cockpitTitle, body });
  if (outcome.kind !== "open") return outcome;
  const { place, isClosed, isFound } = outcome;
  parts.journal.info(isFound ? "The cockpit was found." : "The cockpit was opened.", { issue: place.issue });
  // What an earlier life has written there is written over with the next change; a closed one stays closed.
  const digest = isFound ? null : wanted.digest;
  const cockpit = { ...place, digest, end: isClosed ? ("closed" as const) : null, at: parts.clock.now() };
  return { kind: "shown", cockpit, isNew: true };
}

async function write({ parts, world }: Ground, cockpit: CockpitRecord, wanted: Wanted): Promise<EffectOutcome> {
  if (isWritten(cockpit, wanted)) return { kind: "done" };
  const isSwitched = cockpit.end !== wanted.end;
  const state = !isSwitched ? "leave" : wanted.end === null ? "open" : "closed";
  const { issue, node, url } = cockpit;
  const outcome = await world.tracker.cockpit.write({ node, body: sealText(wanted.text), state });
  if (outcome.kind !== "written") return outcome;
  const place: CockpitPlace = { issue, node, url };
  return {
    kind: "shown",
    cockpit: { ...place, digest: wanted.digest, end: wanted.end, at: parts.clock.now() },
    isNew: false,
  };
}
