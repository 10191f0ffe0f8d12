/** The nearest known word to a mistyped one, for "did you mean" in commands, labels and configuration. */

/** 40: longer words are not typing errors, and the table below grows with the square of the length. */
const lengthMax = 40;

/**
 * The candidate that is at most a third of its letters away from `word` (insert, delete, replace or swap two
 * neighbours), or null. Of several equally near ones the first wins.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const wanted = word.toLowerCase();
  if (wanted === "" || wanted.length > lengthMax) return null;
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(candidate.length / 3));
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance; three rows are enough because a swap looks back two. */
function editDistance(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const pair = left.slice(Math.max(0, row - 2), row);
    const current = nextRow({ pair, row, right, last, beforeLast });
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

interface RowInput {
  /** The letter of this row after the one before it. */
  readonly pair: string;
  readonly row: number;
  readonly right: string;
  readonly last: readonly number[];
  readonly beforeLast: readonly number[];
}

function nextRow({ pair, row, right, last, beforeLast }: RowInput): readonly number[] {
  const current = [row];
  const swapped = [...pair].toReversed().join("");
  for (let column = 1; column <= right.length; column += 1) {
    const replace = at(last, column - 1) + (pair.at(-1) === right[column - 1] ? 0 : 1);
    const cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, replace);
    const isSwap = pair.length === 2 && column > 1 && right.slice(column - 2, column) === swapped;
    current.push(isSwap ? Math.min(cost, at(beforeLast, column - 2) + 1) : cost);
  }
  return current;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
