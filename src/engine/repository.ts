/**
 * One repository at work: hints come in, looks and passes follow, effects go out, and a cycle makes right whatever was
 * missed. Start-up takes stock before anything is scheduled.
 */
import { nextEffectAt } from "../core/decide-effects.ts";
import { nextDueAt } from "../core/decide-tick.ts";
import type { State } from "../core/state.ts";
import type { Command } from "../model/command.ts";
import type { Entry } from "../model/event.ts";
import type { Timer } from "../ports/clock.ts";
import type { Hint } from "../ports/tracker.ts";
import { renderHeadline } from "../views/commit-summary.ts";
import { renderEventLine } from "../views/log-line.ts";
import { createCycle } from "./cycle.ts";
import { createDelivery, leasedMax, leaseMs } from "./deliver.ts";
import { createLane, type Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";
import { createProjection } from "./project.ts";
import { createScout } from "./scout.ts";
import { namesOf } from "./names.ts";

export interface Repository {
  /** Takes what a webhook says; returns at once. */
  hear(hints: readonly Hint[]): void;
  /** Loads the state, takes stock of everything in flight, then starts the cycle. */
  start(): Promise<void>;
  stop(): void;
  /** The state, for doors that show it. */
  readonly lane: Lane;
}

export function createRepository(parts: EngineParts, world: World): Repository {
  const projection = createProjection();
  let hasTakenStock = false;
  let isStopped = false;
  let wake: Timer | null = null;

  const lane = createLane(parts, { before, after, project, summarise, appended, settled });
  const delivery = createDelivery(parts, world, lane);
  const scout = createScout(parts, world.tracker, lane);
  const cycle = createCycle(parts, world, { lane, scout });

  function before(): readonly Command[] {
    const outcomes = delivery.takeSettled();
    return outcomes.length === 0 ? [] : [{ type: "SettleEffects", id: lane.nextId("settle"), settled: outcomes }];
  }

  function after(): readonly Command[] {
    if (!hasTakenStock || isStopped) return [];
    const until = parts.clock.now() + leaseMs;
    return [
      { type: "Tick", id: lane.nextId("tick") },
      { type: "Schedule", id: lane.nextId("schedule") },
      { type: "LeaseEffects", id: lane.nextId("lease"), owner: parts.owner, until, limit: leasedMax },
    ];
  }

  function project(pass: Parameters<typeof projection.files>[0], state: State): ReturnType<typeof projection.files> {
    return projection.files(pass, state, lane.contextOf(pass.draft));
  }

  function summarise(entries: readonly Entry[], state: State): string {
    return renderHeadline(entries.flatMap((entry) => entry.events), namesOf(state));
  }

  function appended(entries: readonly Entry[], state: State): void {
    const names = namesOf(state);
    const events = entries.flatMap((entry) => entry.events);
    delivery.acknowledged(events.flatMap((event) => ("effect" in event ? [event.effect] : [])));
    for (const event of events) {
      parts.journal.info(renderEventLine(event, names), { event: event.type });
      if (event.type === "SessionRefused" && event.reason.includes("changed")) scout.want({ issues: [numberOf(state, event.task)] });
    }
  }

  function settled(state: State): void {
    if (isStopped) return;
    delivery.deliver(state);
    wake?.cancel();
    const dueAt = nextWakeAt(state);
    if (dueAt === null || !hasTakenStock) return;
    wake = parts.clock.after(Math.max(0, dueAt - parts.clock.now()), "due", () => {
      void lane.submit([]).catch((error: unknown) => parts.journal.debug("A wake-up came too late.", { reason: String(error) }));
    });
  }

  /** Effects under way here need no wake-up: their outcome is one. */
  function nextWakeAt(state: State): number | null {
    const times = [nextDueAt({ state, context: lane.contextOf(state) }), nextEffectAt(state)].filter((at) => at !== null);
    return times.length === 0 ? null : Math.max(Math.min(...times), parts.clock.now() + 1_000);
  }

  return {
    lane,
    hear(hints) {
      if (!isStopped) cycle.hear(hints);
    },
    async start() {
      await cycle.takeStock();
      if (isStopped) return;
      hasTakenStock = true;
      await lane.submit([]);
      cycle.schedule();
    },
    stop() {
      isStopped = true;
      wake?.cancel();
      delivery.stop();
      cycle.stop();
      scout.stop();
      lane.stop("it was asked to");
    },
  };
}

function numberOf(state: State, id: Parameters<State["tasks"]["get"]>[0]): number {
  return state.tasks.get(id)?.definition.number ?? 0;
}
