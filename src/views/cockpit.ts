/**
 * The cockpit: one issue that shows everything and takes orders by its boxes. It says the same for the same state, and it never
 * grows beyond what an issue can hold: what matters most comes first, and what is left out is counted.
 */
import { modes } from "../model/mode.ts";
import { renderLeaving } from "./agents-leaving.ts";
import { renderAgents } from "./agents-table.ts";
import { renderWarnings } from "./alerts.ts";
import { renderBox } from "./boxes.ts";
import type { CockpitView, Listed } from "./cockpit-view.ts";
import {
  describeAttention,
  describeForecast,
  describeReady,
  describeReview,
  describeRunning,
  describeSaid,
  describeWaitingTask,
} from "./cockpit-lines.ts";
import { cockpitMarker } from "../model/cockpit.ts";
import { renderGraph } from "./graph-mermaid.ts";
import { cutLines, escapeText } from "./markdown.ts";
import { describeHealth } from "./metrics.ts";
import { count, describeCost, modeWords } from "./words.ts";

export const cockpitTitle = "Orchestrate: cockpit";

/** 60,000: GitHub refuses bodies over 65,536 characters, and the seal behind it needs some. */
const lengthMax = 60_000;
/** How much of it one list may take; together with the rest they leave the graph a third. */
const listMax = 5_500;
/** Agents that are no longer in force end in a few lines. */
const leavingMax = 1_000;
const problemsShown = 10;
const warningsShown = 10;
/** Boxes of the graph, tried from left to right until it fits. */
const graphSizes = [60, 40, 25, 12, 6] as const;
/** Workers listed of an agent, likewise. */
const workerCounts = [20, 5, 1] as const;

/** The whole text as Markdown, beginning with the marker. */
export function renderCockpit(view: CockpitView): string {
  const before = joinParts([
    `${cockpitMarker}\n${renderHeadline(view)}`,
    renderSaid(view),
    renderList("Needs a person", view.attention, describeAttention),
    renderProblems(view.problems),
    titled("Warnings", fit(renderWarnings(view.warnings, warningsShown).split("\n"), view.warnings.length)),
    renderControls(view),
    renderList("In flight", view.running, describeRunning),
    renderList("In review", view.review, describeReview),
    renderList("Ready, the next first", view.ready, describeReady),
    renderList("Waiting", view.waiting, describeWaitingTask),
  ]);
  const after = joinParts([titled("Agents", renderFleet(view)), renderDay(view), footer]);
  const graph = renderFittingGraph(view, lengthMax - before.length - after.length - 200);
  return `${cutLines(joinParts([before, graph, after]), lengthMax)}\n`;
}

/** The part of the text that changes by the mere passing of time: it alone is no reason to write. */
export function renderOutlook(view: CockpitView): string {
  const { systemHealth } = view;
  const health = systemHealth === undefined ? "" : `- System health: ${describeHealth(systemHealth)}\n`;
  return `${health}${renderForecast(view)}`;
}

/** When the backlog is done, if it goes on like this. */
export function renderForecast(view: CockpitView): string {
  return `- ${describeForecast(view.forecast)}`;
}

/** Closed by a person: it shows nothing that would soon be wrong, and has no box that nobody listens to. */
export function renderClosedCockpit(): string {
  return `${cockpitMarker}\n**Orchestrate: this cockpit is closed.** It is not kept up to date, and its boxes are gone.\n\nReopen this issue to get it back. \`/orchestrate status\` on any issue of a task tells how things are. To have it closed for good, set \`cockpit: false\` in \`.github/orchestrate.yml\`.\n`;
}

/** Switched off in the configuration. */
export function renderSwitchedOffCockpit(): string {
  return `${cockpitMarker}\n**Orchestrate: the cockpit is switched off** by \`cockpit: false\` in \`.github/orchestrate.yml\`. Set \`cockpit: true\`, or leave the key out, to get it back.\n`;
}

function joinParts(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

function titled(title: string, text: string): string {
  return text === "" ? "" : `### ${title}\n\n${text}`;
}

function renderHeadline(view: CockpitView): string {
  const { running, review, ready, waiting, attention, completed } = view;
  const counts = [
    `${running.total} in flight`,
    `${review.total} in review`,
    `${ready.total} ready`,
    `${waiting.total} waiting`,
    `${completed} completed`,
  ];
  const needed =
    attention.total === 0
      ? ""
      : ` **${count(attention.total, "task")} ${attention.total === 1 ? "needs" : "need"} a person.**`;
  const paused = view.isPaused
    ? "\n\n> [!WARNING]\n> **Paused**: nothing new is started until somebody ticks *Resume* below or writes `/orchestrate resume`."
    : "";
  return `**Orchestrate:** ${counts.join(", ")}.${needed}${paused}\n\n${renderMode(view)}\n${renderOutlook(view)}`;
}

function renderMode({ mode, modeBy }: CockpitView): string {
  return `- Mode: **${mode}** (${modeWords[mode]}), set by ${modeBy === null ? "the configuration" : escapeText(modeBy, 60)}`;
}

function renderSaid({ said }: CockpitView): string {
  return titled("Ticked last", fit(said.map(describeSaid), said.length));
}

function renderProblems(problems: readonly string[]): string {
  if (problems.length === 0) return "";
  const lines = problems.slice(0, problemsShown).map((problem) => `- ${escapeText(problem, 400)}`);
  const why = "The last good one is in force until `.github/orchestrate.yml` is corrected:";
  return titled("The configuration was refused", `${why}\n\n${fit(lines, problems.length)}`);
}

/** Every box is written empty: one that is ticked is an order. */
function renderControls({ mode, isPaused, isAttack }: CockpitView): string {
  const others = modes.filter((each) => each !== mode && each !== "attack");
  return titled(
    "Controls",
    [
      "Ticking a box does it, with the permission of whoever ticks; the box is empty again once it is done.",
      "",
      ...others.map((each) => renderBox({ kind: "mode", mode: each }, `Mode **${each}**: ${modeWords[each]}`)),
      isAttack
        ? renderBox({ kind: "attack", to: "off" }, "**Attack mode off**: back to the mode before")
        : renderBox({ kind: "attack", to: "on" }, `**Attack mode on**: ${modeWords.attack}`),
      isPaused
        ? renderBox({ kind: "resume" }, "**Resume**: start work again")
        : renderBox({ kind: "pause" }, "**Pause**: start nothing new; what runs goes on"),
      renderBox({ kind: "stop" }, "**Emergency stop**: pause, and cancel every running session"),
    ].join("\n"),
  );
}

function renderList<Item>(title: string, list: Listed<Item>, describe: (item: Item) => string): string {
  return titled(list.total === 0 ? title : `${title} (${list.total})`, fit(list.shown.map(describe), list.total));
}

/** As many lines as there is room for; the others are counted. */
function fit(lines: readonly string[], total: number): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > listMax) break;
    kept.push(line);
  }
  if (kept.length === 0) return "";
  const left = Math.max(0, total - kept.length);
  const isCounted = kept.at(-1)?.startsWith("- and ") === true;
  return (left === 0 || isCounted ? kept : [...kept, `- and ${left} more`]).join("\n");
}

/** Fewer workers are named until the table fits; at last it ends with the rows that do. */
function renderFleet({ agents, leaving = [] }: CockpitView): string {
  const tables = workerCounts.map((workers) => renderAgents(agents, workers));
  const table = tables.find((each) => each.length <= listMax) ?? cutLines(tables.at(-1) ?? "", listMax);
  return leaving.length === 0 ? table : `${table}\n\n${cutLines(renderLeaving(leaving), leavingMax)}`;
}

function renderDay({ caps }: CockpitView): string {
  const { sessions, sessionsMax, costUsd, costMaxUsd, spent } = caps;
  const lines = [
    `- Last 24 hours: ${sessions} of ${sessionsMax} sessions, ${describeCost(costUsd)} of ${describeCost(costMaxUsd)}`,
    ...spent.map((cap) => `- **${escapeText(cap, 300)}** Nothing starts until it is below, or \`limits\` is raised.`),
  ];
  return titled("Caps of the day", lines.join("\n"));
}

function renderFittingGraph({ graph }: CockpitView, room: number): string {
  if (graph.length === 0) return "";
  for (const maxNodes of graphSizes) {
    const drawn = renderGraph(graph, { maxNodes });
    if (drawn.length <= room) return titled("Graph", drawn);
  }
  return titled("Graph", "_There is no room left to draw it._");
}

const footer =
  "<sub>Written by Orchestrate, and overwritten by it: what else is changed here by hand is lost. Closing this issue switches it off, reopening brings it back; `cockpit: false` in `.github/orchestrate.yml` does without it.</sub>";
