/** Chance from a seed: xoshiro128** seeded by SHA-256, with named forks, so that one more draw in one place does not change what all others see. */
import { createHash } from "node:crypto";
import type { Chance } from "../ports/chance.ts";

export interface SeededChance extends Chance {
  /** An independent source that depends on this one's seed and the name alone, not on what was drawn before. */
  fork(name: string): SeededChance;
  /** Uniform in [least, most]. */
  between(least: number, most: number): number;
  /** True with this probability. */
  happens(probability: number): boolean;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** A source of chance; the same seed gives the same draws on every machine. */
export function createSeededChance(seed: string | number): SeededChance {
  const digest = createHash("sha256").update(String(seed)).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let d = digest.readUInt32LE(12) | 1;
  let idCount = 0;

  function draw(): number {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  }

  function next(): number {
    return draw() / 0x1_0000_0000;
  }

  return {
    next,
    id() {
      idCount += 1;
      const tail = `${draw().toString(36).padStart(7, "0")}${draw().toString(36).padStart(7, "0")}`;
      return `${idCount.toString(36)}${tail}`;
    },
    fork: (name) => createSeededChance(`${seed}/${name}`),
    between: (least, most) => least + next() * (most - least),
    happens: (probability) => probability > 0 && next() < probability,
  };
}
