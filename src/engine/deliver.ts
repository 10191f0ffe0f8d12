/**
 * The outbox's other end: effects leased to this process are performed, many issues in one request, and what came of them
 * goes back as commands. Every effect is safe to perform again, so a crash here costs a repetition at most.
 */
import type { State } from "../state/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import { effectKey, isSurface, type EffectType, type RecordedEffect } from "../model/effect.ts";
import type { EffectId } from "../model/ids.ts";
import type { Timer } from "../ports/clock.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";
import { updateAlerts, updateLinearAlerts } from "./perform-alerts.ts";
import { updateCockpit } from "./perform-cockpit.ts";
import { createIssues } from "./perform-create.ts";
import { performSession } from "./perform-session.ts";
import { acknowledgeComments, updateIssues } from "./perform-surface.ts";
import { Settlements, type Settled } from "./settlements.ts";

/** Longer than a start with its look-ups and retries; after that another replica may take over. */
export const leaseMs = 180_000;
/** Effects under way at once. */
export const leasedMax = 100;

export class Delivery {
  readonly #parts: EngineParts;
  readonly #world: World;
  readonly #lane: Lane;
  readonly #settlements: Settlements;
  /** Performed, or being performed, and not yet acknowledged in the log. */
  readonly #underWay = new Set<EffectId>();
  /** Requests that have not come back. */
  readonly #acts = new Set<Promise<void>>();
  /** Leased ahead of their time: they wait here, and may still be brought forward. */
  readonly #held = new Map<EffectId, { readonly at: number; readonly timer: Timer }>();

  constructor(parts: EngineParts, world: World, lane: Lane) {
    this.#parts = parts;
    this.#world = world;
    this.#lane = lane;
    const note = (error: unknown): void =>
      parts.journal.debug("An acknowledgement was not written.", { reason: String(error) });
    this.#settlements = new Settlements(
      parts.clock,
      () => void lane.flush().catch(note),
      () => void lane.submit([]).catch(note),
    );
  }

  /** Starts whatever is leased to this process, due, and not under way; returns at once. */
  deliver(state: State): void {
    const due: RecordedEffect[] = [];
    // Somebody else has settled it, or it was dropped.
    for (const id of this.#underWay) if (!state.outbox.has(id)) this.#underWay.delete(id);
    for (const [id, recorded] of state.outbox.entries()) {
      if (recorded.lease?.owner !== this.#parts.owner || this.#underWay.has(id)) continue;
      if (recorded.notBefore > this.#parts.clock.now()) this.#hold(recorded);
      else due.push(recorded);
    }
    if (due.length > 0) this.#begin(due, state);
    this.#flushAwaited();
  }

  /** Resolves when every request that was begun by now has come back. */
  async idle(): Promise<void> {
    while (this.#acts.size > 0) await Promise.all(this.#acts);
  }

  /** Whether outcomes wait for a pass to take them into the log. */
  get hasSettled(): boolean {
    return this.#settlements.waiting().length > 0;
  }

  /**
   * Nobody will be here to wait for company: what only shows the state, and is leased to this process, begins before its time.
   * Returns whether anything did.
   */
  hurry(state: State): boolean {
    const early = this.#waitingIn(state).filter(isShown);
    if (early.length > 0) this.#begin(early, state);
    return early.length > 0;
  }

  /** Gives back what is leased to this process and not begun: whoever comes next takes it when it is due. */
  release(state: State): void {
    const now = this.#parts.clock.now();
    for (const { id, notBefore } of this.#waitingIn(state)) {
      this.#underWay.add(id);
      const reason = "The run that held it has ended.";
      this.#settlements.keep(id, { kind: "delayed", reason, retryAfterMs: Math.max(0, notBefore - now) });
    }
  }

  #waitingIn(state: State): readonly RecordedEffect[] {
    const waiting: RecordedEffect[] = [];
    for (const [id, recorded] of state.outbox.entries()) {
      if (recorded.lease?.owner === this.#parts.owner && !this.#underWay.has(id)) waiting.push(recorded);
    }
    return waiting;
  }

  /** Outcomes for the next pass to take into the log. */
  takeSettled(): readonly Settled[] {
    return this.#settlements.take();
  }

  /** The outcomes of these effects are in the log. */
  acknowledged(effects: readonly EffectId[]): void {
    for (const effect of effects) this.#underWay.delete(effect);
  }

  stop(): void {
    this.#settlements.stop();
    for (const { timer } of this.#held.values()) timer.cancel();
  }

  /** Waits for its time; all that are due by then go together. */
  #hold(effect: RecordedEffect): void {
    const known = this.#held.get(effect.id);
    if (known !== undefined && known.at <= effect.notBefore) return;
    known?.timer.cancel();
    const timer = this.#parts.clock.after(effect.notBefore - this.#parts.clock.now(), "effect", () => {
      const state = this.#lane.stream.peek();
      if (state !== null) this.deliver(state);
    });
    this.#held.set(effect.id, { at: effect.notBefore, timer });
  }

  #begin(effects: readonly RecordedEffect[], state: State): void {
    for (const { id } of effects) {
      this.#held.get(id)?.timer.cancel();
      this.#held.delete(id);
      this.#underWay.add(id);
    }
    const copies = effects.map((each) => ({ ...each }));
    const surfaces = copies.filter((each) => each.effect.type === "UpdateIssue");
    const reactions = copies.filter((each) => each.effect.type === "AcknowledgeComment");
    const alerts = copies.filter((each) => each.effect.type === "UpdateAlerts");
    const notices = copies.filter((each) => each.effect.type === "UpdateLinearAlerts");
    const creations = copies.filter(({ effect: { type } }) => isCreation(type));
    const cockpits = copies.filter((each) => each.effect.type === "UpdateCockpit");
    const shown = new Set([...surfaces, ...reactions, ...alerts, ...notices, ...creations, ...cockpits]);
    const sessions = copies.filter((each) => !shown.has(each));
    const { tracker } = this.#world;
    const engine = { parts: this.#parts, world: this.#world, lane: this.#lane };
    const ground = { state, context: this.#lane.contextOf(state) };
    this.#perform(surfaces, () => updateIssues(tracker, surfaces, ground));
    this.#perform(reactions, () => acknowledgeComments(tracker, reactions));
    this.#perform(alerts, () => updateAlerts(tracker, alerts, ground));
    this.#perform(notices, () => updateLinearAlerts(this.#world, notices, { ...ground, parts: this.#parts }));
    this.#perform(creations, () => createIssues(tracker, creations, ground));
    this.#perform(cockpits, () => updateCockpit(engine, cockpits));
    for (const each of sessions) {
      this.#perform([each], async () => [{ effect: each.id, outcome: await this.#performSession(each) }]);
    }
  }

  #performSession(effect: RecordedEffect): Promise<EffectOutcome> {
    return performSession({ parts: this.#parts, world: this.#world, lane: this.#lane }, effect);
  }

  /** Where another effect with the same key follows, it can only begin when the one before it is acknowledged. */
  #flushAwaited(): void {
    const state = this.#lane.stream.peek();
    const isAwaited = this.#settlements.waiting().some((id) => {
      const recorded = state?.outbox.get(id);
      return recorded !== undefined && (state?.outboxKeys.get(effectKey(recorded.effect)) ?? []).length > 1;
    });
    if (isAwaited) this.#settlements.flush();
  }

  #perform(effects: readonly RecordedEffect[], act: () => Promise<readonly Settled[]>): void {
    const performed = this.#settle(effects, act).finally(() => this.#acts.delete(performed));
    this.#acts.add(performed);
  }

  /** Whatever goes wrong for an unforeseen reason delays these effects alone. */
  async #settle(effects: readonly RecordedEffect[], act: () => Promise<readonly Settled[]>): Promise<void> {
    try {
      for (const { effect, outcome } of await act()) this.#settlements.add(effect, outcome);
      this.#flushAwaited();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.journal.error("Effects could not be performed; they are tried again.", {
        count: effects.length,
        reason,
      });
      for (const { id } of effects) this.#settlements.add(id, { kind: "delayed", reason, retryAfterMs: 10_000 });
    }
  }
}

function isCreation(type: EffectType): boolean {
  return type === "CreateIssue" || type === "OpenIssue" || type === "OpenPiece";
}

/** What only shows the state is as right now as it will be later. One that failed before keeps its distance. */
function isShown({ effect, attempts }: RecordedEffect): boolean {
  return isSurface(effect) && attempts <= 1;
}
