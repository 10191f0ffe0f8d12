/**
 * The newest entries of a log, as this copy has read or written them, for whoever follows it. Bounded in entries and in bytes: what
 * is older than that is known not to be here, so nobody takes a part for the whole.
 */

export interface Follower {
  /** There are entries that were not there before, and the state has them. */
  grown(): void;
  /** Nothing comes any more: the orchestration has stopped, or the log was set back. */
  ended(): void;
}

export interface TailBounds {
  readonly entries: number;
  readonly bytes: number;
}

/** An hour of a busy repository, in little enough memory for an App that is installed on hundreds. */
const usualBounds: TailBounds = { entries: 500, bytes: 256 * 1024 };

export class LogTail {
  readonly #bounds: TailBounds;
  /** Encoded, because a line may be a part of a much longer text, which it would keep alive. */
  #kept: Uint8Array[] = [];
  #bytes = 0;
  #version = 0;
  readonly #followers = new Set<Follower>();

  constructor(bounds: TailBounds = usualBounds) {
    this.#bounds = bounds;
  }

  /** The version of the newest entry that was read or written; 0 before the first. */
  get version(): number {
    return this.#version;
  }

  /** The version of the oldest entry that is kept; the next one's where none is. */
  get since(): number {
    return this.#version - this.#kept.length + 1;
  }

  get followerCount(): number {
    return this.#followers.size;
  }

  /** The entry of that version as it stands in the log; null where it is not kept. */
  at(version: number): string | null {
    const line = this.#kept[version - this.since];
    return line === undefined ? null : new TextDecoder().decode(line);
  }

  /** Takes the entries up to `version`; those that it has are passed over. */
  note(version: number, lines: readonly string[]): void {
    const before = version - lines.length;
    const isSetBack = version < this.#version;
    if (isSetBack || before > this.#version) this.#forget(this.#kept.length);
    const fresh = isSetBack ? lines : lines.slice(Math.max(0, this.#version - before));
    const hasGrown = version > this.#version;
    this.#version = version;
    this.#keep(fresh);
    for (const follower of this.#followers) {
      if (isSetBack) follower.ended();
      else if (hasGrown) follower.grown();
    }
  }

  /** Tells `follower` from now on. Returns what ends that. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** Tells all followers that nothing comes any more. */
  end(): void {
    for (const follower of this.#followers) follower.ended();
  }

  /** From the newest on, so that of a long log no more is copied than is kept. */
  #keep(lines: readonly string[]): void {
    const { entries, bytes } = this.#bounds;
    const taken: Uint8Array[] = [];
    let size = 0;
    for (const line of lines.toReversed()) {
      // A letter is a byte or more: what is too long for sure is not even copied.
      const encoded = taken.length < entries && line.length <= bytes - size ? new TextEncoder().encode(line) : null;
      if (encoded === null || size + encoded.length > bytes) {
        // What came before it would leave a hole.
        this.#forget(this.#kept.length);
        break;
      }
      size += encoded.length;
      taken.push(encoded);
    }
    this.#kept.push(...taken.toReversed());
    this.#bytes += size;
    let old = Math.max(0, this.#kept.length - entries);
    let left = this.#bytes - sizeOf(this.#kept.slice(0, old));
    for (; left > bytes; old += 1) left -= this.#kept[old]?.length ?? 0;
    this.#forget(old);
  }

  #forget(count: number): void {
    this.#bytes -= sizeOf(this.#kept.splice(0, count));
  }
}

function sizeOf(lines: readonly Uint8Array[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}
