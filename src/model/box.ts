/** The boxes of the cockpit: what a tick asks for, and the key behind each box by which it is known again. */
import { isMode, type Mode } from "./mode.ts";
import type { SlashCommand } from "./slash.ts";

export type Box =
  | { readonly kind: "mode"; readonly mode: Mode }
  | { readonly kind: "attack"; readonly to: "on" | "off" }
  | { readonly kind: "pause" | "resume" | "stop" }
  | { readonly kind: "retry"; readonly number: number }
  /** `hash` is the beginning of the hash of the text that was there when the box was offered: nothing else is approved. */
  | { readonly kind: "approve"; readonly number: number; readonly hash: string }
  /** The same of the text that a split was proposed for: the proposal is approved with it. */
  | { readonly kind: "split"; readonly number: number; readonly hash: string };

/** Enough of a hash that nobody finds a second text for it, and short enough for a line. */
const hashLength = 16;

/** `mode:attack`, `retry:12`: letters, digits and colons alone. */
export function toBoxKey(box: Box): string {
  switch (box.kind) {
    case "mode":
      return `mode:${box.mode}`;
    case "attack":
      return `attack:${box.to}`;
    case "retry":
      return `retry:${box.number}`;
    case "approve":
    case "split":
      return `${box.kind}:${box.number}:${toHashStart(box.hash)}`;
    default:
      return box.kind;
  }
}

/** What of a text's hash a box carries. */
export function toHashStart(hash: string): string {
  return hash.replaceAll(/[^a-z0-9]/g, "").slice(0, hashLength);
}

/** The box of a key; null for any other text. Never throws. */
export function parseBoxKey(key: string): Box | null {
  const [kind = "", first = "", second = "", ...more] = key.split(":");
  if (more.length > 0) return null;
  const box = parseKind(kind, first, second);
  // Only the spelling that we write: one box has one key.
  return box !== null && toBoxKey(box) === key ? box : null;
}

function parseKind(kind: string, first: string, second: string): Box | null {
  switch (kind) {
    case "mode":
      return isMode(first) ? { kind, mode: first } : null;
    case "attack":
      return first === "on" || first === "off" ? { kind, to: first } : null;
    case "pause":
    case "resume":
    case "stop":
      return { kind };
    case "retry":
      return { kind, number: toNumber(first) };
    case "approve":
    case "split":
      return { kind, number: toNumber(first), hash: second };
    default:
      return null;
  }
}

/** Not a number where it is no issue number: then the key does not read back as itself. */
function toNumber(text: string): number {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
}

/** The command that a tick stands for; that of a task is about the task of its number. */
export function commandOf(box: Box): SlashCommand {
  switch (box.kind) {
    case "mode":
      return { verb: "mode", mode: box.mode };
    case "attack":
      return { verb: "attack", to: box.to };
    case "resume":
      return { verb: "resume", number: null };
    case "split":
      return { verb: "approve" };
    default:
      return { verb: box.kind };
  }
}
