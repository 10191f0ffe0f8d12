/**
 * Virtual time: it stands still until the driver of a run fires the next timer. Timers fire by time, then by the order
 * in which they were set. Each inhabitant has its own face of the clock, so that a crash takes its timers with it.
 */
import type { Clock, Timer } from "../ports/clock.ts";

/** One inhabitant's clock. After `stop` its timers are gone and new ones never fire: the process is dead. */
export interface ClockFace extends Clock {
  stop(): void;
}

export interface PendingTimer {
  readonly at: number;
  readonly owner: string;
  readonly label: string;
}

export interface VirtualClock extends Clock {
  face(owner: string): ClockFace;
  /** When the next timer is due; null when there is none. */
  readonly nextAt: number | null;
  /** Moves time to the next timer and runs it alone. Returns what fired, null when there was none. */
  fireNext(): PendingTimer | null;
  /** Moves time without firing anything; never past the next timer or backwards. */
  moveTo(at: number): void;
  pending(): readonly PendingTimer[];
}

interface Entry extends PendingTimer {
  readonly sequence: number;
  readonly action: () => void;
  isCancelled: boolean;
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.at === right.at ? left.sequence < right.sequence : left.at < right.at;
}

/** A heap is used because a run of a week sets some hundred thousand timers. */
class TimerHeap {
  private readonly entries: Entry[] = [];

  push(entry: Entry): void {
    const { entries } = this;
    let index = entries.push(entry) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex];
      if (parent === undefined || !isBefore(entry, parent)) break;
      entries[index] = parent;
      index = parentIndex;
    }
    entries[index] = entry;
  }

  /** The first live entry; cancelled ones in front of it are dropped. */
  peek(): Entry | null {
    while (this.entries[0]?.isCancelled === true) this.shift();
    return this.entries[0] ?? null;
  }

  shift(): void {
    const { entries } = this;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      const left = entries[childIndex];
      if (left === undefined) break;
      const right = entries[childIndex + 1];
      if (right !== undefined && isBefore(right, left)) childIndex += 1;
      const child = entries[childIndex];
      if (child === undefined || !isBefore(child, last)) break;
      entries[index] = child;
      index = childIndex;
    }
    entries[index] = last;
  }

  live(): readonly Entry[] {
    return this.entries.filter((entry) => !entry.isCancelled);
  }
}

/** Sets a timer in the one heap of a clock. */
type SetTimer = (owner: string, ms: number, timer: { readonly label: string; readonly action: () => void }) => Entry;

function createFace(owner: string, now: () => number, set: SetTimer): ClockFace {
  const own = new Set<Entry>();
  let isStopped = false;
  function after(ms: number, label: string, action: () => void): Timer {
    if (isStopped) return { cancel: () => undefined };
    const entry = set(owner, ms, {
      label,
      action: () => {
        own.delete(entry);
        action();
      },
    });
    own.add(entry);
    return {
      cancel: () => {
        entry.isCancelled = true;
        own.delete(entry);
      },
    };
  }
  return {
    now,
    after,
    sleep: (ms, label) => new Promise((resolve) => void after(ms, label, resolve)),
    stop() {
      isStopped = true;
      for (const entry of own) entry.isCancelled = true;
      own.clear();
    },
  };
}

/** Virtual time that begins at `start` (epoch milliseconds). */
export function createVirtualClock(start: number): VirtualClock {
  const heap = new TimerHeap();
  let now = start;
  let sequence = 0;

  const set: SetTimer = (owner, ms, { label, action }) => {
    sequence += 1;
    const at = now + Math.max(0, Math.ceil(Number.isFinite(ms) ? ms : 0));
    const entry: Entry = { at, owner, label, sequence, action, isCancelled: false };
    heap.push(entry);
    return entry;
  };

  const face = (owner: string): ClockFace => createFace(owner, () => now, set);
  const world = face("world");
  return {
    now: world.now,
    after: world.after,
    sleep: world.sleep,
    face,
    get nextAt() {
      return heap.peek()?.at ?? null;
    },
    fireNext() {
      const entry = heap.peek();
      if (entry === null) return null;
      heap.shift();
      now = Math.max(now, entry.at);
      entry.action();
      return entry;
    },
    moveTo(at) {
      now = Math.max(now, Math.min(at, heap.peek()?.at ?? at));
    },
    pending: () => heap.live().map(({ at, owner, label }) => ({ at, owner, label })),
  };
}

/**
 * Waits until nothing moves by itself any more: nothing is open, and several rounds of the event loop brought nothing
 * new. Everything that still waits then waits for a timer.
 */
export async function settle(options: {
  readonly openCount: () => number;
  readonly roundsMin?: number;
}): Promise<void> {
  const rounds = options.roundsMin ?? 4;
  let quiet = 0;
  let waited = 0;
  while (quiet < rounds) {
    if (options.openCount() === 0) {
      quiet += 1;
      await immediate();
      continue;
    }
    quiet = 0;
    waited += 1;
    // A git child takes milliseconds: spinning through them would take its processor away.
    if (waited < 20) await immediate();
    else await pause();
  }
}

/** One round of the event loop. */
export function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A real millisecond, for what goes on outside of virtual time. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
