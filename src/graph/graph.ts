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

/** An element that is there by construction; spares the callers a fallback that could never be taken. */
export function at(array: Int32Array | Float64Array, index: number): number {
  return array[index] as number;
}

/**
 * Takes the number of nodes and the edges as a flat list of pairs (from, to, from, to, …). Repeated edges count once; an edge
 * from a node to itself stays, as the cycle that it is. Throws a RangeError when an end is not a node.
 */
export function buildGraph(count: number, edges: ArrayLike<number>): Graph {
  const pairCount = checkEdges(count, edges);
  const sources = new Int32Array(pairCount);
  const targets = new Int32Array(pairCount);
  for (let pair = 0; pair < pairCount; pair += 1) {
    sources[pair] = edges[2 * pair] as number;
    targets[pair] = edges[2 * pair + 1] as number;
  }
  // Two stable counting sorts, by source and then by target, leave the rows of each direction sorted in linear time.
  const bySource = rowsOf(count, sources, targets);
  const incoming = withoutRepeats(count, transpose(count, bySource));
  const outgoing = transpose(count, incoming);
  return {
    count,
    edgeCount: incoming.values.length,
    successorStart: outgoing.start,
    successors: outgoing.values,
    predecessorStart: incoming.start,
    predecessors: incoming.values,
  };
}

/** The nodes that node v blocks, in ascending order. */
export function successorsOf(graph: Graph, node: number): Int32Array {
  return graph.successors.subarray(graph.successorStart[node], graph.successorStart[node + 1]);
}

/** The nodes that node v waits for, in ascending order. */
export function predecessorsOf(graph: Graph, node: number): Int32Array {
  return graph.predecessors.subarray(graph.predecessorStart[node], graph.predecessorStart[node + 1]);
}

interface Rows {
  readonly start: Int32Array;
  readonly values: Int32Array;
}

function checkEdges(count: number, edges: ArrayLike<number>): number {
  if (edges.length % 2 !== 0) throw new RangeError("A list of edges holds pairs, so its length must be even.");
  for (let index = 0; index < edges.length; index += 1) {
    const node = edges[index] as number;
    if (!Number.isInteger(node) || node < 0 || node >= count) {
      throw new RangeError(`Edge ${Math.floor(index / 2)} names node ${node}, but nodes are 0 to ${count - 1}.`);
    }
  }
  return edges.length / 2;
}

/** Groups `values` by `keys`, keeping the order within a group. */
function rowsOf(count: number, keys: Int32Array, values: Int32Array): Rows {
  const start = new Int32Array(count + 1);
  for (const key of keys) start[key + 1] = at(start, key + 1) + 1;
  for (let key = 0; key < count; key += 1) start[key + 1] = at(start, key + 1) + at(start, key);
  const next = start.slice();
  const grouped = new Int32Array(values.length);
  for (let index = 0; index < keys.length; index += 1) {
    const key = at(keys, index);
    const place = at(next, key);
    grouped[place] = at(values, index);
    next[key] = place + 1;
  }
  return { start, values: grouped };
}

/** Turns every edge round. Rows come out sorted, because keys are visited in ascending order. */
function transpose(count: number, rows: Rows): Rows {
  const keys = new Int32Array(rows.values.length);
  for (let key = 0; key < count; key += 1) keys.fill(key, rows.start[key], rows.start[key + 1]);
  return rowsOf(count, rows.values, keys);
}

function withoutRepeats(count: number, rows: Rows): Rows {
  const start = new Int32Array(count + 1);
  const values = new Int32Array(rows.values.length);
  let length = 0;
  for (let key = 0; key < count; key += 1) {
    const rowStart = length;
    for (let index = at(rows.start, key); index < at(rows.start, key + 1); index += 1) {
      const value = at(rows.values, index);
      if (length > rowStart && at(values, length - 1) === value) continue;
      values[length] = value;
      length += 1;
    }
    start[key + 1] = length;
  }
  return { start, values: values.slice(0, length) };
}
