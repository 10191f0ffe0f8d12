/** The account of everybody who does not get the task: all slots by reason, and the best five agents by name. */
import type { RejectedCandidate } from "../model/task.ts";
import { type Contender, isAvoided, ranksBefore, tell, toShare } from "./contender.ts";
import type { Field } from "./field.ts";
import type { AgentCandidate, Choice, Wish } from "./fit.ts";
import { Ledger } from "./ledger.ts";
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
  const ledger = new Ledger();
  const near: Contender[] = [];
  for (const contender of idle) {
    const { candidate } = contender;
    const isWinner = contender === winner.contender;
    addTaken(ledger, candidate);
    ledger.add(lossOf(wish, contender, winner), isWinner ? candidate.free - 1 : candidate.free);
    if (!isWinner) keepBest(near, contender);
  }
  const rejected = near.map((contender) => {
    const { candidate, score } = contender;
    const code = lossOf(wish, contender, winner);
    return tell(candidate, representative(wish, candidate), { code, score: toShare(score) });
  });
  return close({ ledger, rejected }, field, winner.contender.candidate);
}

/** Where nobody able has a free slot. */
export function accountForAll(field: Field): Account {
  return close({ ledger: new Ledger(), rejected: [] }, field, null);
}

/** Adds the contender to the five best, behind all that rank before it or are alike, and drops who is then the sixth. */
function keepBest(best: Contender[], contender: Contender): void {
  best.push(contender);
  for (let place = best.length - 1; place > 0; place -= 1) {
    const before = best[place - 1] as Contender;
    if (!ranksBefore(contender, before)) break;
    best[place] = before;
    best[place - 1] = contender;
  }
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

interface Book {
  readonly ledger: Ledger;
  readonly rejected: RejectedCandidate[];
}

/** Adds those without a free slot; `winner` may be among them, if it is awaited, and is not named. */
function close({ ledger, rejected }: Book, { wish, unable }: Field, winner: AgentCandidate | null): Account {
  for (const { candidate, code } of unable) {
    if (code === null) addTaken(ledger, candidate);
    // An agent without slots is still named, with none of them.
    else ledger.addAgent(code, candidate.capacity);
    if (candidate === winner || rejected.length === rejectedKeptMax) continue;
    const told = { code: code ?? slotRejection(candidate), score: null };
    rejected.push(tell(candidate, representative(wish, candidate), told));
  }
  return { rejected, rejectedCount: ledger.counts() };
}

/** The slots of an able agent that cannot take the task now. */
function addTaken(ledger: Ledger, { capacity, busy, disabled, resting, free }: AgentCandidate): void {
  ledger.add("at_capacity", busy);
  if (busy + free === capacity) return;
  ledger.add("disabled", disabled);
  ledger.add("resting", resting);
  // What is left is free, but not the one slot that the task is for.
  ledger.add("not_pinned", capacity - busy - disabled - resting - free);
}
