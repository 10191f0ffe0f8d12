/**
 * A directed graph over the integers 0 to count - 1, as four typed arrays (compressed sparse rows, in both directions). An
 * edge runs from a blocker to what it blocks. Rows are sorted and free of repeats, so a graph does not depend on the order
 * in which its edges were given.
 */
export interface Graph {
  readonly count: number;
  readonly edgeCount: number;
  /** Whom node v blocks: `successors` from `successorStart[v]` up to `successorStart[v + 1]`. */
  readonly successorStart: Int32Array;
  readonly successors: Int32Array;
  /** What node v waits for, laid out alike. */
  readonly predecessorStart: Int32Array;
  readonly predecessors: Int32Array;
}

/** One direction: row v of `values` is from `start[v]` up to `start[v + 1]`. */
export interface Rows {
  readonly start: Int32Array;
  readonly values: Int32Array;
}

/**
 * An element that is there by construction; spares the callers a fallback that could never be taken. For one type of array
 * only: the engine compiles a function that sees two of them into one that is slow for both.
 */
export function at(array: Int32Array, index: number): number {
  return array[index] as number;
}

/**
 * Takes the number of nodes and the edges as a flat list of pairs (from, to, from, to, …). Repeated edges count once; an edge
 * from a node to itself stays, as the cycle that it is. Throws a RangeError when an end is not a node.
 */
export function buildGraph(count: number, edges: ArrayLike<number>): Graph {
  const incoming = turn(count, groupBySource(count, edges));
  return toGraph(count, turn(count, incoming), incoming);
}

/** The same from what each node waits for; those rows may be unsorted and repeat themselves, and name nodes only. */
export function buildGraphFromBlockers(count: number, blockers: Rows): Graph {
  const outgoing = turn(count, blockers);
  return toGraph(count, outgoing, turn(count, outgoing));
}

/** The nodes that node v blocks, in ascending order. */
export function successorsOf(graph: Graph, node: number): Int32Array {
  return graph.successors.subarray(graph.successorStart[node], graph.successorStart[node + 1]);
}

/** The nodes that node v waits for, in ascending order. */
export function predecessorsOf(graph: Graph, node: number): Int32Array {
  return graph.predecessors.subarray(graph.predecessorStart[node], graph.predecessorStart[node + 1]);
}

/** Turns the sizes of rows, each one place behind its row, into where the rows start. */
export function sumUp(sizes: Int32Array): Int32Array {
  for (let row = 1; row < sizes.length; row += 1) sizes[row] = at(sizes, row) + at(sizes, row - 1);
  return sizes;
}

function toGraph(count: number, outgoing: Rows, incoming: Rows): Graph {
  return {
    count,
    edgeCount: outgoing.values.length,
    successorStart: outgoing.start,
    successors: outgoing.values,
    predecessorStart: incoming.start,
    predecessors: incoming.values,
  };
}

function groupBySource(count: number, edges: ArrayLike<number>): Rows {
  if (edges.length % 2 !== 0) throw new RangeError("A list of edges holds pairs, so its length must be even.");
  const sizes = new Int32Array(count + 1);
  for (let index = 0; index < edges.length; index += 2) {
    const source = edges[index] as number;
    if (!isNode(count, source) || !isNode(count, edges[index + 1] as number)) throw noNode(count, edges, index);
    sizes[source + 1] = at(sizes, source + 1) + 1;
  }
  const start = sumUp(sizes);
  const next = start.slice();
  const values = new Int32Array(edges.length / 2);
  for (let index = 0; index < edges.length; index += 2) {
    const source = edges[index] as number;
    const place = at(next, source);
    values[place] = edges[index + 1] as number;
    next[source] = place + 1;
  }
  return { start, values };
}

function isNode(count: number, value: number): boolean {
  return (value | 0) === value && value >= 0 && value < count;
}

function noNode(count: number, edges: ArrayLike<number>, index: number): RangeError {
  const node = edges[isNode(count, edges[index] as number) ? index + 1 : index] as number;
  return new RangeError(`Edge ${index / 2} names node ${node}, but nodes are 0 to ${count - 1}.`);
}

/**
 * Turns every edge round, by a counting sort. Rows come out sorted, because keys are visited in ascending order, and for the
 * same reason a repeated edge stands beside its first.
 */
function turn(count: number, rows: Rows): Rows {
  const sizes = new Int32Array(count + 1);
  for (const value of rows.values) sizes[value + 1] = at(sizes, value + 1) + 1;
  const start = sumUp(sizes);
  const next = start.slice();
  const values = new Int32Array(rows.values.length);
  let repeats = 0;
  for (let key = 0; key < count; key += 1) {
    const end = at(rows.start, key + 1);
    for (let index = at(rows.start, key); index < end; index += 1) {
      const row = at(rows.values, index);
      const place = at(next, row);
      if (place > at(start, row) && at(values, place - 1) === key) {
        repeats += 1;
        continue;
      }
      values[place] = key;
      next[row] = place + 1;
    }
  }
  return repeats === 0 ? { start, values } : closeGaps({ start, values }, next, repeats);
}

/** Moves the rows together; `ends` tells how far each one is filled. */
function closeGaps(rows: Rows, ends: Int32Array, gaps: number): Rows {
  const start = new Int32Array(rows.start.length);
  const values = new Int32Array(rows.values.length - gaps);
  let length = 0;
  for (let row = 0; row + 1 < start.length; row += 1) {
    for (let index = at(rows.start, row); index < at(ends, row); index += 1) {
      values[length] = at(rows.values, index);
      length += 1;
    }
    start[row + 1] = length;
  }
  return { start, values };
}
