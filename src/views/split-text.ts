/** How a task is split, in Markdown: in short for its comment, and in full as `plans/<n>.md` on the state branch. */
import { stagesOf } from "../planning/order-pieces.ts";
import type { Complexity, Piece, PieceSource } from "../model/split.ts";
import { escapeText, toCode, toLink } from "./markdown.ts";
import type { TaskFile } from "./task-file.ts";
import type { SplitView, TaskView } from "./task-view.ts";
import { count, describeMinutes } from "./words.ts";

const sourceWords: Readonly<Record<PieceSource, string>> = {
  checklist: "its checklist",
  steps: "its numbered steps",
  sections: "its sections",
  criteria: "its acceptance criteria",
};

/** What a person decides on, or sees being opened; nothing once each piece is an issue that stands among those it waits for. */
export function renderSplit({ task, split = null }: TaskView): string {
  if (split === null || (task.split !== "proposed" && task.split !== "opening")) return "";
  return [describeHead(split), listPieces(split), describeWork(split)].join("\n\n");
}

/** What comes next with it, for the first line of the comment; null where there is nothing to say. */
export function describeSplitStep({ task, split = null, blockers }: TaskView): string | null {
  const pieces = split === null ? "pieces" : count(split.proposal.pieces.length, "piece");
  switch (task.split) {
    case "proposed":
      return `It could be split into the ${pieces} below, and is not started meanwhile. \`/orchestrate approve\` opens an issue for each of them, \`/orchestrate split\` reads the text again, and \`/orchestrate undo\` takes it back, so that it is worked on as a whole.`;
    case "opening":
      return `Its ${pieces} are being opened as issues. It completes with the last of them.`;
    case "open": {
      const done = blockers.filter(({ isOpen }) => !isOpen).length;
      return `It is split into ${pieces}, of which ${done} ${done === 1 ? "is" : "are"} done. It completes with the last of them.`;
    }
    default:
      return null;
  }
}

function describeHead({ proposal, by, approvedBy }: SplitView): string {
  const pieces = `${count(proposal.pieces.length, "piece")}, read from ${sourceWords[proposal.source]}`;
  return approvedBy === null
    ? `**Proposed: ${pieces}, as ${toCode(by)} asked**`
    : `**Split into ${pieces}, approved by ${toCode(approvedBy)}**`;
}

function listPieces({ proposal, opened }: SplitView): string {
  return proposal.pieces.map((piece, at) => `${at + 1}. ${describePiece(piece, opened[at]?.issue ?? null)}`).join("\n");
}

function describePiece({ title, minutes, after }: Piece, issue: number | null): string {
  return [
    `${issue === null ? "" : `#${issue} `}${escapeText(title)}`,
    ...(minutes === null ? [] : [describeMinutes(minutes)]),
    ...(after.length === 0 ? [] : [`after ${after.map((on) => on + 1).join(", ")}`]),
  ].join(", ");
}

const levelWords: Readonly<Record<Complexity["level"], string>> = {
  low: "There is little to gain: the text is short and about one thing",
  medium: "It is worth it",
  high: "It is well worth it",
};

function describeWork({ proposal: { pieces, complexity } }: SplitView): string {
  const { level, reasons } = complexity;
  const why = reasons.length === 0 ? "" : `: ${reasons.map((reason) => escapeText(reason)).join("; ")}`;
  const efforts = pieces.flatMap(({ minutes }) => (minutes === null ? [] : [minutes]));
  const sum = efforts.reduce((total, each) => total + each, 0);
  const effort = efforts.length < pieces.length ? "" : `, ${describeMinutes(sum)} together`;
  const rounds = stagesOf(pieces);
  return `${levelWords[level]}${why}. With agents enough it is done in ${count(rounds, "round")}${effort}.`;
}

/** Where the plan of an issue is. */
export function planFilePath(number: number): string {
  return `plans/${number}.md`;
}

/** The plan of a task, with the text of each piece while it is not an issue; null where there is none. */
export function renderPlanFile({ task, split = null }: TaskView): TaskFile | null {
  if (split === null) return null;
  const { definition } = task;
  const { proposal, by, approvedBy, opened } = split;
  const front = Object.entries({
    issue: definition.number,
    url: definition.url,
    state: task.split,
    textHash: proposal.hash,
    proposedBy: by,
    approvedBy,
    complexity: proposal.complexity.level,
    pieces: proposal.pieces.map((piece, at) => ({
      piece: at + 1,
      title: piece.title,
      estimateMinutes: piece.minutes,
      after: piece.after.map((on) => on + 1),
      issue: opened[at]?.issue ?? null,
    })),
  }).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  const texts = proposal.pieces.flatMap(({ title, text }, at) =>
    text === "" || opened[at] ? [] : [`## ${at + 1}: ${escapeText(title)}\n\n${text}`],
  );
  const parts = [
    `# ${escapeText(`${definition.number}: ${definition.title}`, 300)}`,
    `Pieces of ${toLink("the issue", definition.url)}, ${approvedBy === null ? "proposed" : "in force"}. A view: an edit of this file changes nothing.`,
    listPieces(split),
    describeWork(split),
    ...texts,
  ];
  return { path: planFilePath(definition.number), text: `---\n${front.join("")}---\n\n${parts.join("\n\n")}\n` };
}
