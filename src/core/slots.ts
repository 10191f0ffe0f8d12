/**
 * The slots of one agent as bits: which are taken and which are out of use. A thousand slots are 32 words, so finding a free
 * one, or counting, costs next to nothing. Plain arrays, because they are copied before they change, and typed ones are slow to make.
 */
export interface Slots {
  /** Bit n-1 of `busy` is slot n; `off` holds those that a person disabled or that rest. */
  readonly busy: number[];
  readonly off: number[];
  busyCount: number;
  /** Slots that are taken or out of use. */
  outCount: number;
  /** The highest slot that was ever marked. */
  top: number;
}

export function newSlots(): Slots {
  return { busy: [], off: [], busyCount: 0, outCount: 0, top: 0 };
}

export function copySlots(slots: Slots): Slots {
  const { busy, off, busyCount, outCount, top } = slots;
  return { busy: busy.slice(), off: off.slice(), busyCount, outCount, top };
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
  while (slots.busy.length <= word) slots.busy.push(0);
  const before = slots.busy[word] ?? 0;
  const after = isBusy ? before | bitOf(slot) : before & ~bitOf(slot);
  if (after === before) return;
  slots.busy[word] = after;
  slots.busyCount += isBusy ? 1 : -1;
  if (slot > slots.top) slots.top = slot;
  if (((slots.off[word] ?? 0) & bitOf(slot)) === 0) slots.outCount += isBusy ? 1 : -1;
}

/** Marks slot `slot`, from 1, as out of use or in use. */
export function markOff(slots: Slots, slot: number, isOff: boolean): void {
  const word = wordOf(slot);
  while (slots.off.length <= word) slots.off.push(0);
  const before = slots.off[word] ?? 0;
  const after = isOff ? before | bitOf(slot) : before & ~bitOf(slot);
  if (after === before) return;
  slots.off[word] = after;
  if (slot > slots.top) slots.top = slot;
  if (((slots.busy[word] ?? 0) & bitOf(slot)) === 0) slots.outCount += isOff ? 1 : -1;
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
