/** Where in the YAML text something is: the line and column of a key, a value or an offset. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { PathPart } from "./problem.ts";

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The place of an offset; the parser counts from 1 and answers 0 for an empty text. */
export function placeOfOffset(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/**
 * The offset of the value at `path`, or of its key with `"key"`. What is missing is placed at the nearest thing above
 * it that exists, since that is where it has to be added.
 */
export function offsetOf(document: Document, path: readonly PathPart[], target: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const wantsKey = target === "key" && index === path.length - 1;
    if (isMap(container)) {
      const pair = pairOf(container, part);
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      if (wantsKey) return offset;
      node = pair.value;
    } else if (isSeq(container) && typeof part === "number") {
      node = container.items[part];
    } else {
      return offset;
    }
    offset = startOf(node) ?? offset;
  }
  return offset;
}

function pairOf(map: YAMLMap, part: PathPart): Pair | undefined {
  return map.items.find((pair) => (isScalar(pair.key) ? String(pair.key.value) : "") === String(part));
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
