/**
 * The outbox's other end: effects leased to this process are performed, many issues in one request, and what came of them
 * goes back as commands. Every effect is safe to perform again, so a crash here costs a repetition at most.
 */
import type { State } from "../core/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { RecordedEffect } from "../model/effect.ts";
import type { EffectId } from "../model/ids.ts";
import type { WriteOutcome } from "../ports/tracker.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";
import { performSession } from "./perform-session.ts";
import { toSurface } from "./surface.ts";

export interface Delivery {
  /** Starts whatever is leased to this process and not under way; returns at once. */
  deliver(state: State): void;
  /** Outcomes that may wait for company: taken by the next pass. */
  takeSettled(): readonly { readonly effect: EffectId; readonly outcome: EffectOutcome }[];
  readonly isBusy: boolean;
}

/** Longer than the longest request with its retries; after that another replica may take over. */
export const leaseMs = 120_000;
/** Effects under way at once. */
export const leasedMax = 100;
/** How long a plain acknowledgement waits for a pass to ride on. */
const settleDelayMs = 15_000;

export function createDelivery(parts: EngineParts, world: World, lane: Lane): Delivery {
  const underWay = new Set<EffectId>();
  let settled: { readonly effect: EffectId; readonly outcome: EffectOutcome }[] = [];

  /** News goes at once; plain acknowledgements wait for company, well within the lease. */
  function settle(effect: EffectId, outcome: EffectOutcome): void {
    settled.push({ effect, outcome });
    const isPlain = outcome.kind === "done" || outcome.kind === "surfaced" || outcome.kind === "dispatched";
    if (!isPlain) flush();
    else if (settled.length === 1) parts.clock.after(settleDelayMs, "settle", flush);
  }

  function flush(): void {
    if (settled.length > 0) void lane.submit([]).catch(noteStopped);
  }

  function noteStopped(error: unknown): void {
    parts.journal.debug("An acknowledgement was not written.", { reason: String(error) });
  }

  async function perform(effects: readonly RecordedEffect[], state: State): Promise<void> {
    const surfaces = effects.filter((each) => each.effect.type === "UpdateIssue");
    const reactions = effects.filter((each) => each.effect.type === "AcknowledgeComment");
    const others = effects.filter((each) => !surfaces.includes(each) && !reactions.includes(each));
    await Promise.all([
      updateIssues(surfaces, state),
      acknowledge(reactions),
      ...others.map(async (each) => settle(each.id, await performSession(parts, world, lane, each))),
    ]);
  }

  async function updateIssues(effects: readonly RecordedEffect[], state: State): Promise<void> {
    const context = lane.contextOf(state);
    const wanted = effects.flatMap((each) => {
      const task = each.effect.type === "UpdateIssue" ? state.tasks.get(each.effect.task) : undefined;
      if (task === undefined) settle(each.id, { kind: "dropped", reason: "The task is gone." });
      return task === undefined ? [] : [{ each, task, surface: toSurface(state, task, context) }];
    });
    const news = wanted.filter(({ task, surface }) => surface.digest !== task.surface.digest);
    for (const { each, task, surface } of wanted) {
      if (surface.digest === task.surface.digest) settle(each.id, { kind: "done" });
    }
    if (news.length === 0) return;
    const outcomes = await world.tracker.write(news.map(({ surface }) => surface.wanted));
    for (const [index, { each, surface }] of news.entries()) {
      settle(each.id, toOutcome(outcomes[index], surface));
    }
  }

  async function acknowledge(effects: readonly RecordedEffect[]): Promise<void> {
    if (effects.length === 0) return;
    const reactions = effects.flatMap(({ effect }) => (effect.type === "AcknowledgeComment" ? [effect] : []));
    const outcomes = await world.tracker.react(reactions);
    for (const [index, each] of effects.entries()) settle(each.id, toPlainOutcome(outcomes[index]));
  }

  return {
    deliver(state) {
      const mine: RecordedEffect[] = [];
      for (const [id, recorded] of state.outbox.entries()) {
        if (recorded.lease?.owner !== parts.owner || underWay.has(id)) continue;
        underWay.add(id);
        mine.push({ ...recorded });
      }
      if (mine.length === 0) return;
      void perform(mine, state)
        .catch((error: unknown) => {
          parts.journal.error("Effects could not be performed; they are tried again.", { reason: String(error) });
          for (const { id } of mine) settle(id, { kind: "delayed", reason: String(error), retryAfterMs: 10_000 });
        })
        .finally(() => undefined);
    },
    takeSettled() {
      const taken = settled;
      settled = [];
      for (const { effect } of taken) underWay.delete(effect);
      return taken;
    },
    get isBusy() {
      return underWay.size > 0;
    },
  };
}

function toPlainOutcome(outcome: WriteOutcome | undefined): EffectOutcome {
  if (outcome === undefined) return { kind: "delayed", reason: "No answer came for it.", retryAfterMs: 5_000 };
  return outcome.kind === "written" ? { kind: "done" } : outcome;
}

function toOutcome(
  outcome: WriteOutcome | undefined,
  surface: { readonly wanted: { readonly labels: readonly string[] }; readonly digest: string },
): EffectOutcome {
  if (outcome?.kind !== "written") return toPlainOutcome(outcome);
  return {
    kind: "surfaced",
    surface: { comment: outcome.commentNode, digest: surface.digest, labels: surface.wanted.labels },
  };
}
