/**
 * The slots of one agent as bits: which are taken and which are out of use. A thousand slots are 32 words, so finding a free
 * one, or counting, costs next to nothing.
 */
export interface Slots {
  /** Bit n-1 of `busy` is slot n; `off` holds those that a person disabled or that rest. */
  readonly busy: Int32Array;
  readonly off: Int32Array;
  busyCount: number;
}

/** More than a configuration may ask for. */
const slotsMax = 1_024;

export function newSlots(): Slots {
  return { busy: new Int32Array(slotsMax / 32), off: new Int32Array(slotsMax / 32), busyCount: 0 };
}

export function copySlots(slots: Slots): Slots {
  return { busy: slots.busy.slice(), off: slots.off.slice(), busyCount: slots.busyCount };
}

function wordOf(slot: number): number {
  return (slot - 1) >>> 5;
}

function bitOf(slot: number): number {
  return 1 << ((slot - 1) & 31);
}

/** Marks slot `slot`, from 1, as taken or free. */
export function markBusy(slots: Slots, slot: number, isBusy: boolean): void {
  const word = wordOf(slot);
  const before = slots.busy[word] ?? 0;
  const after = isBusy ? before | bitOf(slot) : before & ~bitOf(slot);
  if (after === before) return;
  slots.busy[word] = after;
  slots.busyCount += isBusy ? 1 : -1;
}

/** Marks slot `slot`, from 1, as out of use or in use. */
export function markOff(slots: Slots, slot: number, isOff: boolean): void {
  const word = wordOf(slot);
  const before = slots.off[word] ?? 0;
  slots.off[word] = isOff ? before | bitOf(slot) : before & ~bitOf(slot);
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

export interface SlotCounts {
  readonly busy: number;
  /** Free but out of use. */
  readonly off: number;
  readonly free: number;
}

/** Counts over the slots 1 to `capacity`. A taken slot beyond a lowered capacity is not counted. */
export function countSlots(slots: Slots, capacity: number): SlotCounts {
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
