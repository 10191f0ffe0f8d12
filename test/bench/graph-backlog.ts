/** Layered random graphs to plan: as tasks in text, and as plain arrays for the sizes that text is too large for. */

/** What a node of a layer waits for: three of the nodes in the three layers before it. */
const blockersEach = 3;
const layersBack = 3;

/** Every first node takes this long, so that it adds the same to whichever path begins with it. */
const firstMinutes = 30;

export interface LayeredEdges {
  readonly count: number;
  /** As pairs: blocker, blocked. */
  readonly edges: Int32Array;
  readonly minutes: Float64Array;
}

/** About as many layers as nodes in each; edges are distinct. The same for the same count. */
export function layeredEdges(count: number): LayeredEdges {
  const random = randomFrom(count);
  const width = Math.round(Math.sqrt(count));
  const edges = new Int32Array(2 * blockersEach * (count - width));
  const minutes = new Float64Array(count).fill(firstMinutes);
  let length = 0;
  for (let node = width; node < count; node += 1) {
    const layer = Math.floor(node / width);
    const begin = Math.max(0, layer - layersBack) * width;
    const chosen = new Set<number>();
    while (chosen.size < blockersEach) chosen.add(begin + (random() % (layer * width - begin)));
    for (const blocker of chosen) {
      edges[length] = blocker;
      edges[length + 1] = node;
      length += 2;
    }
    minutes[node] = 5 + (random() % 100);
  }
  return { count, edges, minutes };
}

/**
 * The graph as the backlog of a repository, in JSON: layer after layer, as issues are opened before those that build on them,
 * or shuffled, which is as hard on the processor's caches as can be.
 */
export function layeredTasks(count: number, order: "layers" | "shuffled"): string {
  const { edges, minutes } = layeredEdges(count);
  const random = randomFrom(count + 1);
  const numbers = Array.from({ length: count }, (_, node) => node);
  for (let place = order === "shuffled" ? count - 1 : 0; place > 0; place -= 1) {
    const other = random() % (place + 1);
    [numbers[place], numbers[other]] = [numbers[other] ?? 0, numbers[place] ?? 0];
  }
  const idOf = (node: number): string => `gh:734512:${1_000_000 + 7 * (numbers[node] ?? 0)}`;
  const tasks = Array.from({ length: count }, (_, node) => ({
    number: numbers[node] ?? 0,
    id: idOf(node),
    estimateMinutes: minutes[node] ?? 0,
    blockedBy: [] as { on: string; kind: "hard" }[],
  }));
  for (let edge = 0; edge < edges.length; edge += 2) {
    tasks[edges[edge + 1] ?? 0]?.blockedBy.push({ on: idOf(edges[edge] ?? 0), kind: "hard" });
  }
  return JSON.stringify(tasks.toSorted((one, other) => one.number - other.number));
}

/** Whole numbers below 2^31 that depend on the seed only (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 1;
  };
}
