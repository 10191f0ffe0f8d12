/**
 * The dependency graph as a Mermaid diagram for issues, job summaries and pages. Titles are hostile: nothing that a
 * stranger writes ends a label, a line or the fence. What is larger than a reader (or Mermaid) can take is folded.
 */
import type { TaskStatus } from "../model/task.ts";
import { foldGraph, type GraphEdge, type GraphNode, type GraphSlice } from "./graph-fold.ts";
import { toPlainLine } from "./markdown.ts";
import { count, statusWords } from "./words.ts";
import type { GraphTask } from "./graph-task.ts";

export interface GraphOptions {
  /** Boxes at most, folded ones included. */
  readonly maxNodes?: number;
  /** Frames and folds by milestone; `none` shows single tasks only and leaves out what does not fit. */
  readonly groupBy?: "milestone" | "none";
  /** Left to right unless said otherwise. */
  readonly direction?: "LR" | "TB";
}

/** 60: about what a person can follow on one screen. 100 boxes with the longest labels are 35,000 characters. */
const nodesMax = 60;
const nodesLimit = 100;
/** Mermaid draws no diagram with more than 500 edges. */
const edgesMax = 400;
/** Mermaid refuses text over 50,000 characters; what is left is for the frame and for whoever embeds it. */
const sourceMax = 40_000;
const titleMax = 40;
/** The same as Mermaid writes them: most signs of a hostile title take up to nine characters. */
const encodedMax = 100;

/**
 * Markdown: the fenced diagram, and a sentence on what is folded or left out. Empty without tasks. Never longer than
 * 41,000 characters.
 */
export function renderGraph(tasks: readonly GraphTask[], options: GraphOptions = {}): string {
  if (tasks.length === 0) return "";
  const { source, note } = renderGraphSource(tasks, options);
  return `\`\`\`mermaid\n${source}\n\`\`\`${note === "" ? "" : `\n\n_${note}_`}`;
}

/** The diagram's source without a fence, for who draws it elsewhere, and what was folded or left out, in words. */
export function renderGraphSource(
  tasks: readonly GraphTask[],
  options: GraphOptions = {},
): { readonly source: string; readonly note: string } {
  const slice = foldGraph(tasks, {
    maxNodes: Math.min(Math.max(1, options.maxNodes ?? nodesMax), nodesLimit),
    edgesMax,
    isGrouped: options.groupBy !== "none",
  });
  const head = [`graph ${options.direction ?? "LR"}`, ...drawStyles(slice.nodes), ...drawBoxes(slice.nodes)];
  const { lines, cut } = fitArrows(slice.edges, sourceMax - head.join("\n").length);
  return {
    source: [...head, ...lines].join("\n"),
    note: describeCut({ ...slice, edgesLeftOut: slice.edgesLeftOut + cut }),
  };
}

function drawStyles(nodes: readonly GraphNode[]): readonly string[] {
  return [...new Set(nodes.map(shadeOf))].sort().map((shade) => `  classDef ${shade} ${shades[shade]}`);
}

/** Boxes, those of a milestone in one frame. */
function drawBoxes(nodes: readonly GraphNode[]): readonly string[] {
  const frames = new Map<string | null, string[]>();
  for (const node of nodes) {
    const lines = frames.get(node.frame) ?? [];
    lines.push(`  ${drawNode(node)}`);
    frames.set(node.frame, lines);
  }
  return [...frames].flatMap(([frame, lines], place) =>
    frame === null ? lines : [`  subgraph g${place}["${toLabel(frame)}"]`, ...lines, "  end"],
  );
}

/** Arrows give way to the limit; boxes are bounded by their number. */
function fitArrows(
  edges: readonly GraphEdge[],
  lengthMax: number,
): { readonly lines: readonly string[]; readonly cut: number } {
  const lines: string[] = [];
  let length = 0;
  for (const { from, to, isHard, amount } of edges) {
    const line = `  n${from} ${isHard ? "-->" : "-.->"}${amount > 1 ? `|${amount}|` : ""} n${to}`;
    length += line.length + 1;
    if (length > lengthMax) break;
    lines.push(line);
  }
  return { lines, cut: edges.length - lines.length };
}

function drawNode(node: GraphNode): string {
  return `n${node.place}["${describeNode(node)}"]:::${shadeOf(node)}`;
}

/** The state is a word, too: not everybody sees the colours. */
function describeNode(node: GraphNode): string {
  if (node.kind === "task") {
    const { reference, title, status, isInCycle } = node.task;
    const state = isInCycle === true ? "waits in a circle" : statusWords[status];
    return `${toLabel(reference)} ${toLabel(title)} · ${state}`;
  }
  const { name, tasks, ended, running } = node;
  const moving = running === 0 ? "" : `, ${running} under way`;
  return `${toLabel(name)} · ${ended} of ${count(tasks, "task")} ended${moving}`;
}

/** Colours that can be read on light and on dark pages, because text and background are both said. */
const shades = {
  done: "fill:#1a7f37,stroke:#116329,color:#ffffff",
  running: "fill:#0969da,stroke:#0550ae,color:#ffffff",
  ready: "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
  waiting: "fill:#eaeef2,stroke:#8c959f,color:#24292f",
  person: "fill:#fff8c5,stroke:#bf8700,color:#3b2300",
  failed: "fill:#cf222e,stroke:#a40e26,color:#ffffff",
  folded: "fill:#fbefff,stroke:#8250df,color:#3e1f79",
} as const;

const shadeOfStatus: Readonly<Record<TaskStatus, keyof typeof shades>> = {
  pending: "person",
  blocked: "waiting",
  ready: "ready",
  assigned: "running",
  in_progress: "running",
  review: "running",
  needs_input: "person",
  manual_review: "person",
  completed: "done",
  failed: "failed",
  upstream_failed: "failed",
  cancelled: "waiting",
};

function shadeOf(node: GraphNode): keyof typeof shades {
  if (node.kind === "fold") return "folded";
  return node.task.isInCycle === true ? "failed" : shadeOfStatus[node.task.status];
}

/**
 * Text inside a quoted label. What is not a letter, a digit or plain punctuation becomes a character code of
 * Mermaid's, so that no quote ends the label, no backtick the fence, and no `%%`, `<` or `:` means anything.
 */
function toLabel(text: string): string {
  let label = "";
  for (const character of toPlainLine(text, titleMax)) {
    const code = /[\p{L}\p{M}\p{N} .,()/-]/u.test(character) ? character : `#${character.codePointAt(0) ?? 32};`;
    if (label.length + code.length > encodedMax) return `${label}…`;
    label += code;
  }
  return label;
}

function describeCut(slice: Pick<GraphSlice, "folded" | "leftOut" | "edgesLeftOut">): string {
  const sentences = [
    ...(slice.folded === 0 ? [] : [`Folded into their milestones: ${count(slice.folded, "task")}.`]),
    ...(slice.leftOut === 0 ? [] : [`Left out, what has ended first: ${count(slice.leftOut, "task")}.`]),
    ...(slice.edgesLeftOut === 0 ? [] : [`Not drawn: ${count(slice.edgesLeftOut, "arrow")}.`]),
  ];
  return sentences.join(" ");
}
