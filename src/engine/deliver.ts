/**
 * The outbox's other end: effects leased to this process are performed, many issues in one request, and what came of them
 * goes back as commands. Every effect is safe to perform again, so a crash here costs a repetition at most.
 */
import type { State } from "../core/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { RecordedEffect } from "../model/effect.ts";
import type { EffectId } from "../model/ids.ts";
import type { Timer } from "../ports/clock.ts";
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
  /** The outcomes of these effects are in the log. */
  acknowledged(effects: readonly EffectId[]): void;
  stop(): void;
}

/** Longer than a start with its look-ups and retries; after that another replica may take over. */
export const leaseMs = 180_000;
/** Effects under way at once. */
export const leasedMax = 100;
/** How long a plain acknowledgement waits for a pass to ride on: well within the lease. */
const settleDelayMs = 90_000;
const surfacedDelayMs = 5 * 60_000;

export function createDelivery(parts: EngineParts, world: World, lane: Lane): Delivery {
  const underWay = new Set<EffectId>();
  /** Leased ahead of their time: they wait here, and may still be brought forward. */
  const held = new Map<EffectId, { readonly at: number; readonly timer: Timer }>();
  let flushing: { readonly at: number; readonly timer: Timer } | null = null;
  let settled: { readonly effect: EffectId; readonly outcome: EffectOutcome }[] = [];

  /** News goes at once; plain acknowledgements wait for company, well within the lease. */
  function settle(effect: EffectId, outcome: EffectOutcome): void {
    settled.push({ effect, outcome });
    const isShown = outcome.kind === "surfaced";
    const isPlain = isShown || outcome.kind === "done" || outcome.kind === "dispatched";
    if (isPlain) flushWithin(isShown ? surfacedDelayMs : settleDelayMs);
    else flush();
  }

  function flushWithin(ms: number): void {
    const at = parts.clock.now() + ms;
    if (flushing !== null && flushing.at <= at) return;
    flushing?.timer.cancel();
    flushing = { at, timer: parts.clock.after(ms, "settle", flush) };
  }

  function flush(): void {
    flushing = null;
    if (settled.length > 0) void lane.flush().catch(noteStopped);
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
      ...others.map(async (each) => settle(each.id, await performSafely(each))),
    ]);
  }

  /** One that fails for an unforeseen reason must not settle those that are still under way. */
  async function performSafely(effect: RecordedEffect): Promise<EffectOutcome> {
    try {
      return await performSession(parts, world, lane, effect);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      parts.journal.error("An effect could not be performed; it is tried again.", { effect: effect.effect.type, reason });
      return { kind: "delayed", reason, retryAfterMs: 10_000 };
    }
  }

  async function updateIssues(effects: readonly RecordedEffect[], state: State): Promise<void> {
    const context = lane.contextOf(state);
    const wanted = effects.flatMap((each) => {
      const task = each.effect.type === "UpdateIssue" ? state.tasks.get(each.effect.task) : undefined;
      if (task === undefined) settle(each.id, { kind: "dropped", reason: "The task is gone." });
      return task === undefined ? [] : [{ each, task, surface: toSurface(state, task, { context, isRepeat: each.attempts > 1 }) }];
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

  function begin(effects: readonly RecordedEffect[], state: State): void {
    for (const { id } of effects) underWay.add(id);
    void perform(effects.map((each) => ({ ...each })), state).catch((error: unknown) => {
      parts.journal.error("Effects could not be performed; they are tried again.", { reason: String(error) });
      for (const { id } of effects) settle(id, { kind: "delayed", reason: String(error), retryAfterMs: 10_000 });
    });
  }

  /** Waits for its time; all that are due by then go together. */
  function hold(effect: RecordedEffect): void {
    const known = held.get(effect.id);
    if (known !== undefined && known.at <= effect.notBefore) return;
    known?.timer.cancel();
    const timer = parts.clock.after(effect.notBefore - parts.clock.now(), "effect", () => {
      const state = lane.stream.peek();
      if (state !== null) deliver(state);
    });
    held.set(effect.id, { at: effect.notBefore, timer });
  }

  function deliver(state: State): void {
    const due: RecordedEffect[] = [];
    // Somebody else has settled it, or it was dropped.
    for (const id of underWay) if (!state.outbox.has(id)) underWay.delete(id);
    for (const [id, recorded] of state.outbox.entries()) {
      if (recorded.lease?.owner !== parts.owner || underWay.has(id)) continue;
      if (recorded.notBefore > parts.clock.now()) {
        hold(recorded);
        continue;
      }
      held.get(id)?.timer.cancel();
      held.delete(id);
      due.push(recorded);
    }
    if (due.length > 0) begin(due, state);
  }

  return {
    deliver,
    takeSettled() {
      const taken = settled;
      settled = [];
      return taken;
    },
    acknowledged(effects) {
      for (const effect of effects) underWay.delete(effect);
    },
    stop() {
      flushing?.timer.cancel();
      for (const { timer } of held.values()) timer.cancel();
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
