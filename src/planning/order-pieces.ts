/** Which piece comes after which: steps in their sequence, and whatever the text says clearly. Nothing ever waits for itself. */

/** What is known of a piece when its place is looked for. */
export interface Unordered {
  readonly title: string;
  /** Where "after …" is looked for. */
  readonly said: string;
  /** By which "step 3" means it. */
  readonly number: number;
  /** Those of one sequence follow each other; null: it is in none. */
  readonly sequence: number | null;
  /** The position of the piece that it is indented under. */
  readonly under: number | null;
}

/** So much of a piece is read for it. */
const saidMax = 2_000;

const words = /(?<![\w/-])(?:after|depends on|blocked by|builds on|waits? for|requires|needs)[ \t]{0,3}:?[ \t]{0,3}/giu;
const negation = /(?:n['’]t|\bnot|\bnever|\bno longer)[ \t]{1,3}(?:[a-z]{1,12}[ \t]{1,3})?$/iu;
const named =
  /^(?:the[ \t]{1,3})?(?:steps?|items?|pieces?|parts?|tasks?|points?|phases?|stages?|sections?)[ \t]{1,3}(\d{1,3}(?:(?:[ \t]{0,3}(?:,|and|&)[ \t]{0,3}){1,2}\d{1,3}){0,9})(?![\w.]\d)/iu;
const bare = /^(\d{1,3}(?:(?:[ \t]{0,3}(?:,|and|&)[ \t]{0,3}){1,2}\d{1,3}){0,9})[ \t]{0,3}\)/iu;
/** Shorter titles would be found where nobody means them. */
const titleMin = 4;

/** For each the positions, ascending, of those that it comes after. What would close a circle is left out. */
export function orderPieces(pieces: readonly Unordered[]): readonly (readonly number[])[] {
  const after = pieces.map(() => new Set<number>());
  const said = pieces.map((piece, at) => readSaid(piece, at, pieces));
  for (const [at, wanted] of said.entries()) for (const on of wanted) link(after, at, on);
  for (const [at, piece] of pieces.entries()) {
    if (piece.under !== null) link(after, at, piece.under);
    // Whoever says what comes before it has said all.
    const before = said[at]?.length === 0 ? lastOfSequence(pieces, at) : -1;
    if (before >= 0) link(after, at, before);
  }
  return after.map((each) => [...each].toSorted((a, b) => a - b));
}

function lastOfSequence(pieces: readonly Unordered[], at: number): number {
  const sequence = pieces[at]?.sequence ?? null;
  return sequence === null ? -1 : pieces.slice(0, at).findLastIndex((each) => each.sequence === sequence);
}

function link(after: readonly Set<number>[], at: number, on: number): void {
  if (at !== on && !leadsTo(after, on, at)) after[at]?.add(on);
}

function leadsTo(after: readonly Set<number>[], from: number, to: number): boolean {
  const seen = new Set<number>();
  const stack = [from];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    stack.push(...(after[at] ?? []));
  }
  return false;
}

function readSaid(piece: Unordered, at: number, pieces: readonly Unordered[]): readonly number[] {
  const said = piece.said.slice(0, saidMax);
  const found = new Set<number>();
  for (const match of said.matchAll(words)) {
    if (negation.test(said.slice(Math.max(0, match.index - 30), match.index))) continue;
    for (const on of readNames(said, match, pieces)) if (on !== at) found.add(on);
  }
  return [...found];
}

function readNames(said: string, match: RegExpExecArray, pieces: readonly Unordered[]): readonly number[] {
  const rest = said.slice(match.index + match[0].length, match.index + match[0].length + 300);
  const isInBrackets = said.charAt(match.index - 1) === "(";
  const numbers = named.exec(rest)?.[1] ?? (isInBrackets ? bare.exec(rest)?.[1] : undefined);
  if (numbers !== undefined) {
    const wanted = new Set((numbers.match(/\d+/g) ?? []).map(Number));
    return pieces.flatMap((piece, at) => (wanted.has(piece.number) ? [at] : []));
  }
  const title = titleAt(rest, pieces);
  return title === null ? [] : [title];
}

/** The piece whose whole title, quoted or not, stands there; of several the one with the longest. */
function titleAt(rest: string, pieces: readonly Unordered[]): number | null {
  const text = toWords(rest);
  let best: { readonly at: number; readonly length: number } | null = null;
  for (const [at, { title }] of pieces.entries()) {
    const wanted = toWords(title);
    if (wanted.length < titleMin || !text.startsWith(wanted)) continue;
    if (/[\p{L}\p{N}]/u.test(text.charAt(wanted.length))) continue;
    if (best === null || wanted.length > best.length) best = { at, length: wanted.length };
  }
  return best?.at ?? null;
}

/** Letters and figures alone, apart by one space. */
function toWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Positions so that each comes after all that it waits for; those that could come at once in their own order. */
export function openingOrder(pieces: readonly { readonly after: readonly number[] }[]): readonly number[] {
  const order: number[] = [];
  const placed = new Set<number>();
  for (let left = pieces.length; left > 0; left -= 1) {
    const next = pieces.findIndex(({ after }, at) => !placed.has(at) && after.every((on) => placed.has(on)));
    // Never so of a proposal of ours.
    if (next === -1) break;
    placed.add(next);
    order.push(next);
  }
  return order;
}

/** In how many rounds they could be done, each round everything that can be. */
export function stagesOf(pieces: readonly { readonly after: readonly number[] }[]): number {
  const stages: number[] = [];
  for (const at of openingOrder(pieces)) {
    stages[at] = 1 + Math.max(0, ...(pieces[at]?.after ?? []).map((on) => stages[on] ?? 0));
  }
  return Math.max(0, ...stages);
}
