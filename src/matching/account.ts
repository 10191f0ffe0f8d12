/** The account of everybody who does not get the task: all slots by reason, and the best five agents by name. */
import type { RejectedCandidate } from "../model/task.ts";
import { type Contender, isAvoided, ranksBefore } from "./contender.ts";
import type { Field } from "./field.ts";
import type { AgentCandidate, Choice, Wish } from "./fit.ts";
import { type RejectionCode, representative, slotRejection } from "./rejection.ts";

/** Enough to answer for the near misses without keeping a list of fifty agents with every assignment. */
const rejectedKeptMax = 5;

/** Who gets the task: now, or when a slot of it comes free. */
interface Winner {
  readonly contender: Contender;
  readonly isAwaited: boolean;
}

type Account = Pick<Choice, "rejected" | "rejectedCount">;

/**
 * Everybody but the winner: those that could first, by rank, then the others. The other free slots of the winner count as
 * `more_loaded`, as do those of an agent that is as good.
 */
export function accountFor(field: Field, winner: Winner): Account {
  const { wish, idle } = field;
  const ledger = newLedger();
  const near: Contender[] = [];
  for (const contender of idle) {
    const { candidate } = contender;
    const isWinner = contender === winner.contender;
    addTaken(ledger, candidate);
    addSlots(ledger, lossOf(wish, contender, winner), isWinner ? candidate.free - 1 : candidate.free);
    if (!isWinner) keepBest(near, contender);
  }
  for (const contender of near) {
    const { candidate, score } = contender;
    ledger.rejected.push({ worker: representative(wish, candidate), code: lossOf(wish, contender, winner), score });
  }
  return closeLedger(ledger, field, winner.contender.candidate);
}

/** Where nobody able has a free slot. */
export function accountForAll(field: Field): Account {
  return closeLedger(newLedger(), field, null);
}

/** Adds the contender to the five best, behind all that rank before it or are alike, and drops who is then the sixth. */
function keepBest(best: Contender[], contender: Contender): void {
  let place = best.length;
  for (let last = best[place - 1]; last !== undefined && ranksBefore(contender, last); last = best[place - 1]) {
    best[place] = last;
    place -= 1;
  }
  best[place] = contender;
  if (best.length > rejectedKeptMax) best.pop();
}

/** Why an agent that is able and has a free slot did not get the task, or does not with all of its slots. */
function lossOf(wish: Wish, contender: Contender, winner: Winner): RejectionCode {
  // Then only the agent of that slot is able.
  if (wish.pinnedWorker !== null) return "not_pinned";
  if (isAvoided(wish, contender) && !isAvoided(wish, winner.contender)) return "avoided";
  if (winner.isAwaited) return "awaited";
  return contender.score < winner.contender.score ? "lower_score" : "more_loaded";
}

interface Ledger {
  readonly rejected: RejectedCandidate[];
  readonly counts: Record<string, number>;
  atCapacity: number;
  disabled: number;
  resting: number;
  notPinned: number;
}

function newLedger(): Ledger {
  return { rejected: [], counts: {}, atCapacity: 0, disabled: 0, resting: 0, notPinned: 0 };
}

/** Adds those without a free slot; `winner` may be among them, if it is awaited, and is not named. */
function closeLedger(ledger: Ledger, { wish, unable }: Field, winner: AgentCandidate | null): Account {
  const { rejected, counts } = ledger;
  for (const { candidate, code } of unable) {
    if (code === null) addTaken(ledger, candidate);
    // An agent without slots is still named, with none of them.
    else counts[code] = (counts[code] ?? 0) + candidate.capacity;
    if (candidate === winner || rejected.length === rejectedKeptMax) continue;
    rejected.push({ worker: representative(wish, candidate), code: code ?? slotRejection(candidate), score: null });
  }
  addSlots(ledger, "at_capacity", ledger.atCapacity);
  addSlots(ledger, "disabled", ledger.disabled);
  addSlots(ledger, "resting", ledger.resting);
  addSlots(ledger, "not_pinned", ledger.notPinned);
  return { rejected, rejectedCount: counts };
}

/** The slots of an able agent that cannot take the task now. */
function addTaken(ledger: Ledger, { capacity, busy, disabled, resting, free }: AgentCandidate): void {
  ledger.atCapacity += busy;
  ledger.disabled += disabled;
  ledger.resting += resting;
  // What is left is free, but not the one slot that the task is for.
  ledger.notPinned += capacity - busy - disabled - resting - free;
}

function addSlots({ counts }: Ledger, code: RejectionCode, slots: number): void {
  if (slots > 0) counts[code] = (counts[code] ?? 0) + slots;
}
