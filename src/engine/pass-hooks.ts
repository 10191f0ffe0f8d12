/**
 * What every pass of a repository at work begins and ends with, whoever runs it: outcomes first, then what came in, then
 * schedule and leases; and what follows from entries that are in the log.
 */
import { allBrokenInvariants } from "../core/invariants.ts";
import type { State } from "../state/state.ts";
import type { Entry } from "../model/event.ts";
import { renderHeadline } from "../views/commit-summary.ts";
import { leasedMax, leaseMs, type Delivery } from "./deliver.ts";
import type { Lane, LaneHooks } from "./lane.ts";
import { logEvents } from "./log-events.ts";
import { pullsToLookAt } from "./merge-looks.ts";
import { namesOf } from "./names.ts";
import type { EngineParts } from "./parts.ts";
import { createProjection } from "./project.ts";
import type { Scout } from "./scout.ts";

interface Crew {
  /** Told of the cockpit once it is written. */
  readonly meetCockpit: (node: string) => void;
  readonly lane: Lane;
  readonly delivery: Delivery;
  readonly scout: Scout;
}

export type PassHooks = Pick<LaneHooks, "before" | "after" | "project" | "summarise" | "appended">;

/** The hooks but for what each owner does in its own way. `crew` is asked at each pass, because the lane needs its hooks first. */
export function createPassHooks(parts: EngineParts, crew: () => Crew): PassHooks {
  const projection = createProjection();
  return {
    before() {
      const { lane, delivery } = crew();
      const settled = delivery.takeSettled();
      return settled.length === 0 ? [] : [{ type: "SettleEffects", id: lane.nextId("settle"), settled }];
    },
    after() {
      const { lane } = crew();
      const until = parts.clock.now() + leaseMs;
      return [
        { type: "Tick", id: lane.nextId("tick") },
        { type: "Schedule", id: lane.nextId("schedule") },
        { type: "LeaseEffects", id: lane.nextId("lease"), owner: parts.owner, until, limit: leasedMax },
      ];
    },
    project: (pass) => projection.files(pass, crew().lane.contextOf(pass.state)),
    summarise: (entries, state) =>
      renderHeadline(
        entries.flatMap((entry) => entry.events),
        namesOf(state),
      ),
    appended(entries, state) {
      projection.landed();
      if (parts.assertsEverything === true) assertInvariants(state);
      logEvents(parts.journal, entries, state);
      follow(crew(), entries, state);
    },
  };
}

function follow({ lane, scout, delivery, meetCockpit }: Crew, entries: readonly Entry[], state: State): void {
  const events = entries.flatMap((entry) => entry.events);
  scout.count(entries);
  scout.want({ pulls: pullsToLookAt(state, events, lane.contextOf(state).config) });
  delivery.acknowledged(events.flatMap((event) => ("effect" in event ? [event.effect] : [])));
  for (const event of events) {
    const refused = event.type === "SessionRefused" ? state.tasks.get(event.task) : undefined;
    // The text may have changed since it was approved: a look tells, and asks for approval.
    if (refused !== undefined) scout.want({ issues: [refused.definition.number] });
    if (event.type === "EffectSettled" && event.cockpit !== undefined) meetCockpit(event.cockpit.node);
    // Its webhook may be lost, or come before we know that we asked for it.
    if (event.type === "EffectSettled" && event.issue !== undefined) scout.want({ issues: [event.issue] });
    // An edge moves nothing that a poll of issues shows.
    const parent = event.type === "PieceOpened" ? state.tasks.get(event.task) : undefined;
    if (parent !== undefined) scout.want({ issues: [parent.definition.number] });
  }
}

/** A broken invariant stops everything, where stopping costs nobody anything. */
function assertInvariants(state: State): void {
  const broken = allBrokenInvariants(state);
  if (broken.length > 0) throw new Error(`Invariants are broken. ${broken.join(" ")}`);
}
