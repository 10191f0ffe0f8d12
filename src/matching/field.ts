/** All agents, sorted by what they could do for the task, and the account of everybody who does not get it. */
import { agentOf } from "../model/ids.ts";
import type { RejectedCandidate } from "../model/task.ts";
import { type Contender, ranksBefore, toContender } from "./contender.ts";
import type { AgentCandidate, Choice, MatchingPolicy, Wish } from "./fit.ts";
import { agentRejection, type RejectionCode, representative, slotRejection } from "./rejection.ts";

/** Enough to answer for the near misses without keeping a list of fifty agents with every assignment. */
const rejectedKeptMax = 5;

export interface Field {
  readonly wish: Wish;
  /** Able, with a free slot: best first, and of equals the earlier one first. */
  readonly idle: readonly Contender[];
  /** Able, with none, in the order of the configuration. */
  readonly busy: readonly Contender[];
  /** Those that cannot now, in the order of the configuration: one more than is kept, as one of them may be awaited. */
  readonly unable: readonly RejectedCandidate[];
  /** The slots that cannot take the task now, by reason. */
  readonly unableCount: Readonly<Record<string, number>>;
}

export function surveyField(wish: Wish, candidates: readonly AgentCandidate[], policy: MatchingPolicy): Field {
  const idle: Contender[] = [];
  const busy: Contender[] = [];
  const unable: RejectedCandidate[] = [];
  const unableCount: Record<string, number> = {};
  for (const candidate of candidates) {
    const code = agentRejection(wish, candidate);
    if (code === null) {
      const contender = toContender(wish, candidate, policy);
      countTaken(unableCount, candidate);
      if (candidate.free > 0) {
        insertByRank(idle, contender);
        continue;
      }
      busy.push(contender);
    } else {
      count(unableCount, code, candidate.capacity);
    }
    if (unable.length > rejectedKeptMax) continue;
    unable.push({ worker: representative(wish, candidate), code: code ?? slotRejection(candidate), score: null });
  }
  return { wish, idle, busy, unable, unableCount };
}

/** Behind all that rank before it or are alike, so that of equals the earlier one stays ahead. */
function insertByRank(idle: Contender[], contender: Contender): void {
  let place = idle.length;
  idle.push(contender);
  for (let before = idle[place - 1]; before !== undefined && ranksBefore(contender, before); before = idle[place - 1]) {
    idle[place] = before;
    place -= 1;
  }
  idle[place] = contender;
}

/** The slots of an able agent that cannot take the task now. An agent without slots is named with none of them. */
function countTaken(counts: Record<string, number>, { busy, disabled, resting, capacity }: AgentCandidate): void {
  if (busy > 0 || capacity === 0) count(counts, "at_capacity", busy);
  if (disabled > 0) count(counts, "disabled", disabled);
  if (resting > 0) count(counts, "resting", resting);
}

function count(counts: Record<string, number>, code: RejectionCode, slots: number): void {
  counts[code] = (counts[code] ?? 0) + slots;
}

/** Who gets the task: now, or when a slot of it comes free. */
export interface Winner {
  readonly contender: Contender;
  readonly isAwaited: boolean;
}

type Account = Pick<Choice, "rejected" | "rejectedCount">;

/** Where nobody able has a free slot: all slots by reason, and five by name. */
export function accountForAll({ unable, unableCount }: Field): Account {
  return { rejected: unable.slice(0, rejectedKeptMax), rejectedCount: unableCount };
}

/**
 * Everybody but the winner: the best five by name, those that could first, and all slots by reason. The other free slots of
 * the winner count as `more_loaded`, as do those of an agent that is as good.
 */
export function accountFor(field: Field, winner: Winner): Account {
  const rejectedCount = { ...field.unableCount };
  const rejected: RejectedCandidate[] = [];
  for (const contender of field.idle) {
    const { candidate, score } = contender;
    const isWinner = contender === winner.contender;
    const code = lossOf(contender, winner);
    const slots = isWinner ? candidate.free - 1 : candidate.free;
    if (slots > 0) count(rejectedCount, code, slots);
    if (isWinner || rejected.length === rejectedKeptMax) continue;
    rejected.push({ worker: representative(field.wish, candidate), code, score });
  }
  const awaited = winner.isAwaited ? winner.contender.candidate.agent : null;
  for (const candidate of field.unable) {
    if (rejected.length === rejectedKeptMax) break;
    if (awaited === null || agentOf(candidate.worker) !== awaited) rejected.push(candidate);
  }
  return { rejected, rejectedCount };
}

/** Why an agent that is able and has a free slot did not get the task. */
function lossOf(contender: Contender, winner: Winner): RejectionCode {
  if (contender.isAvoided && !winner.contender.isAvoided) return "avoided";
  if (winner.isAwaited) return "awaited";
  return contender.score < winner.contender.score ? "lower_score" : "more_loaded";
}
