/** Slots counted by why they do not take a task. One field a reason, because counts are made anew with every assignment. */
import type { RejectionCode } from "./rejection.ts";

type Counts = Partial<Record<RejectionCode, number>>;

export class Ledger {
  #atCapacity = 0;
  #disabled = 0;
  #resting = 0;
  #notPinned = 0;
  #moreLoaded = 0;
  #lowerScore = 0;
  /** Of agents that are passed over as a whole. */
  #whole: Counts | null = null;

  /** All slots of an agent, which may have none: the reason is named all the same. */
  addAgent(code: RejectionCode, slots: number): void {
    this.#whole ??= {};
    this.#whole[code] = (this.#whole[code] ?? 0) + slots;
  }

  add(code: RejectionCode, slots: number): void {
    if (code === "more_loaded") this.#moreLoaded += slots;
    else if (code === "lower_score") this.#lowerScore += slots;
    else if (code === "at_capacity") this.#atCapacity += slots;
    else if (code === "disabled") this.#disabled += slots;
    else if (code === "resting") this.#resting += slots;
    else if (code === "not_pinned") this.#notPinned += slots;
    else if (slots > 0) this.addAgent(code, slots);
  }

  /** The reasons that kept a slot away, with how many. */
  counts(): Readonly<Record<string, number>> {
    const counts: Counts = { ...this.#whole };
    if (this.#moreLoaded > 0) counts.more_loaded = this.#moreLoaded;
    if (this.#lowerScore > 0) counts.lower_score = this.#lowerScore;
    this.#countTaken(counts);
    return counts;
  }

  /** What an agent may also be passed over for as a whole. */
  #countTaken(counts: Counts): void {
    if (this.#atCapacity > 0) counts.at_capacity = (counts.at_capacity ?? 0) + this.#atCapacity;
    if (this.#disabled > 0) counts.disabled = (counts.disabled ?? 0) + this.#disabled;
    if (this.#resting > 0) counts.resting = (counts.resting ?? 0) + this.#resting;
    if (this.#notPinned > 0) counts.not_pinned = (counts.not_pinned ?? 0) + this.#notPinned;
  }
}
