/**
 * The slots of one agent as bits: which are taken and which are out of use. A thousand slots are 32 words, so finding a free
 * one, or counting, costs next to nothing, and a change is noted as the one bit that it is.
 */
import { slotOf, type AgentId, type WorkerId } from "../model/ids.ts";
import { UndoLog, type Undoable } from "./undo.ts";

/** The key of a change that is that of no slot. */
const used = 0;

interface Use {
  readonly busyMs: number;
  readonly busyAt: number;
}

/** A worker that has worked on something. */
export interface Hand {
  readonly agent: AgentId;
  readonly worker: WorkerId;
}

export class Slots implements Undoable {
  /** Bit n-1 of `busy` is slot n; `off` holds those that a person disabled or that rest. */
  readonly busy: number[] = [];
  readonly off: number[] = [];
  busyCount = 0;
  /** Slots that are taken or out of use. */
  outCount = 0;
  /** No slot above was ever marked. */
  top = 0;
  /** By slot: its worker, for those that have worked; one record each, however many tasks they have worked on. */
  readonly #hands: Hand[] = [];
  /** How long slots were taken since the beginning, summed over the slots, milliseconds, up to `busyAt`. */
  busyMs = 0;
  busyAt = 0;
  readonly #undo: UndoLog;

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  /** Marks slot `slot`, from 1, as taken or free. */
  markBusy(slot: number, isBusy: boolean): void {
    if (this.#put(slot, isBusy) && this.#undo.isOn) this.#undo.note(this, slot, !isBusy);
  }

  /** Marks slot `slot`, from 1, as out of use or in use. */
  markOff(slot: number, isOff: boolean): void {
    if (this.#putOff(slot, isOff) && this.#undo.isOn) this.#undo.note(this, -slot, !isOff);
  }

  /** The worker of this slot, as whoever has worked last on a task. */
  handOf(agent: AgentId, worker: WorkerId): Hand {
    const slot = slotOf(worker);
    const known = this.#hands[slot];
    if (known !== undefined) return known;
    const hand = { agent, worker };
    this.#hands[slot] = hand;
    return hand;
  }

  /** Adds up how long slots were taken until now; before every change of how many are. */
  noteUse(at: number): void {
    if (at <= this.busyAt) return;
    if (this.#undo.isOn) this.#undo.note(this, used, { busyMs: this.busyMs, busyAt: this.busyAt });
    this.busyMs += this.busyCount * (at - this.busyAt);
    this.busyAt = at;
  }

  /** By the slot, of which the negative stands for out of use; or of the use that was added up. */
  exchange(key: number, saved: boolean | Use): boolean | Use {
    if (typeof saved === "object") {
      const { busyMs, busyAt } = this;
      this.busyMs = saved.busyMs;
      this.busyAt = saved.busyAt;
      return { busyMs, busyAt };
    }
    if (key > 0) this.#put(key, saved);
    else this.#putOff(-key, saved);
    return !saved;
  }

  /** False where it is so already. */
  #put(slot: number, isBusy: boolean): boolean {
    const word = this.#wordFor(slot);
    if (!putBit(this.busy, word, { slot, is: isBusy })) return false;
    this.busyCount += isBusy ? 1 : -1;
    if (((this.off[word] as number) & bitOf(slot)) === 0) this.outCount += isBusy ? 1 : -1;
    return true;
  }

  #putOff(slot: number, isOff: boolean): boolean {
    const word = this.#wordFor(slot);
    if (!putBit(this.off, word, { slot, is: isOff })) return false;
    if (((this.busy[word] as number) & bitOf(slot)) === 0) this.outCount += isOff ? 1 : -1;
    return true;
  }

  /** The word of the slot, which is there from now on. */
  #wordFor(slot: number): number {
    const word = wordOf(slot);
    while (this.busy.length <= word) {
      this.busy.push(0);
      this.off.push(0);
    }
    if (slot > this.top) this.top = slot;
    return word;
  }
}

/** Those of an agent that was never given anything. */
export const untouched = new Slots(new UndoLog());

function wordOf(slot: number): number {
  return (slot - 1) >>> 5;
}

function bitOf(slot: number): number {
  return 1 << ((slot - 1) & 31);
}

/** Sets or clears the bit of the slot; false where it is so already. */
function putBit(words: number[], word: number, { slot, is }: { readonly slot: number; readonly is: boolean }): boolean {
  const before = words[word] as number;
  words[word] = is ? before | bitOf(slot) : before & ~bitOf(slot);
  return words[word] !== before;
}

export function isFree(slots: Slots, slot: number): boolean {
  const word = wordOf(slot);
  return (((slots.busy[word] ?? 0) | (slots.off[word] ?? 0)) & bitOf(slot)) === 0;
}

/** The free slot with the lowest number up to `capacity`; 0 when there is none. */
export function firstFree(slots: Slots, capacity: number): number {
  for (let word = 0; word * 32 < capacity; word += 1) {
    const free = ~((slots.busy[word] ?? 0) | (slots.off[word] ?? 0));
    if (free === 0) continue;
    const slot = word * 32 + (31 - Math.clz32(free & -free)) + 1;
    return slot <= capacity ? slot : 0;
  }
  return 0;
}

/** The slots that are taken, in order. */
export function busySlots({ busy }: Slots): readonly number[] {
  return marked(busy);
}

/** The slots that are out of use, in order. */
export function offSlots({ off }: Slots): readonly number[] {
  return marked(off);
}

function marked(words: readonly number[]): readonly number[] {
  const found: number[] = [];
  for (let word = 0; word < words.length; word += 1) {
    let bits = words[word] ?? 0;
    while (bits !== 0) {
      const lowest = bits & -bits;
      found.push(word * 32 + (31 - Math.clz32(lowest)) + 1);
      bits &= ~lowest;
    }
  }
  return found;
}

export interface SlotCounts {
  readonly busy: number;
  /** Free but out of use. */
  readonly off: number;
  readonly free: number;
}

/** Counts over the slots 1 to `capacity`. A taken slot beyond a lowered capacity is not counted. */
export function countSlots(slots: Slots, capacity: number): SlotCounts {
  if (slots.top <= capacity) {
    const { busyCount, outCount } = slots;
    return { busy: busyCount, off: outCount - busyCount, free: capacity - outCount };
  }
  let busy = 0;
  let off = 0;
  for (let word = 0; word * 32 < capacity; word += 1) {
    const left = capacity - word * 32;
    const mask = left >= 32 ? -1 : (1 << left) - 1;
    const busyBits = (slots.busy[word] ?? 0) & mask;
    busy += bitCount(busyBits);
    off += bitCount((slots.off[word] ?? 0) & mask & ~busyBits);
  }
  return { busy, off, free: capacity - busy - off };
}

/** The number of ones, summed in parallel within the word: pairs, nibbles, bytes. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
