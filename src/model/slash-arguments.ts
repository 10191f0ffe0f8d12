/** The arguments of slash commands: how each kind is read, and the sentence that says what is wrong with it. */
import { parseDuration } from "./duration.ts";
import { readWaitReference } from "./external-wait.ts";
import { isMode, modes } from "./mode.ts";
import { nearest } from "./nearest.ts";
import { parsePriority, priorityChoices } from "./priority.ts";

export type SlashArgument =
  | "nothing"
  | "anything"
  | "mode"
  | "switch"
  | "target"
  | "worker"
  | "reason"
  | "priority"
  | "minutes"
  | "count"
  | "issue"
  | "blocker"
  | "optional issue";

export type ArgumentReading =
  | { readonly kind: "value"; readonly value: Readonly<Record<string, string | number | null>> }
  | { readonly kind: "problem"; readonly problem: string };

/** A reason is a sentence or two; it is repeated in comments, events and commit texts. */
const reasonMax = 300;
/** GitHub numbers issues with 32-bit integers. */
const issueNumberMax = 2_147_483_647;
/** 30 days: nobody estimates more for one issue, and it keeps sums of thousands of tasks exact. */
const estimateMinutesMax = 30 * 24 * 60;

/** GitHub gives an issue no more sub-issues. */
const swarmMax = 100;

const agentPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const workerPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\/[1-9]\d{0,3}$/;
const shortReferencePattern = /^(?:(?<repository>[\w-]{1,39}\/[\w.-]{1,100}))?#(?<number>\d{1,10})$/;
const urlReferencePattern =
  /^https:\/\/[\w.-]{1,253}\/(?<repository>[\w-]{1,39}\/[\w.-]{1,100})\/issues\/(?<number>\d{1,10})(?:[#?]\S*)?$/;

/** A word of a stranger as inline code, cut to 40 characters that mean nothing to Markdown. */
export function quoteWord(word: string): string {
  const harmless = word.replaceAll(/[^\w./:-]/g, "").slice(0, 40);
  return harmless === "" ? "That" : `\`${harmless}\``;
}

/** Reads what follows the verb; `text` is trimmed. */
export function readArgument(kind: SlashArgument, text: string): ArgumentReading {
  switch (kind) {
    case "anything":
      return value({});
    case "nothing":
      return text === "" ? value({}) : problem("This command takes nothing after it and acts on the issue it is on.");
    case "mode":
      return readMode(text);
    case "switch":
      return readSwitch(text);
    case "target":
    case "worker":
      return readTarget(text, kind);
    case "reason":
      return readReason(text);
    case "priority":
      return readPriority(text);
    case "minutes":
      return readMinutes(text);
    case "count":
      return readCount(text);
    case "issue":
      return readIssue(text);
    case "blocker":
      return readBlocker(text);
    case "optional issue":
      return readOptionalIssue(text);
  }
}

/** `#12`, `owner/repo#12` or the address of an issue; `repository` is null where none was written. */
export function parseIssueReference(text: string): { number: number; repository: string | null } | null {
  const match = shortReferencePattern.exec(text) ?? urlReferencePattern.exec(text);
  const number = Number(match?.groups?.["number"]);
  if (!Number.isInteger(number) || number < 1 || number > issueNumberMax) return null;
  return { number, repository: match?.groups?.["repository"] ?? null };
}

function value(fields: Readonly<Record<string, string | number | null>>): ArgumentReading {
  return { kind: "value", value: fields };
}

function problem(sentence: string): ArgumentReading {
  return { kind: "problem", problem: sentence };
}

/** `list` as people read it: `a, b or c`. */
function orList(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

function readMode(text: string): ArgumentReading {
  const mode = text.toLowerCase();
  if (isMode(mode)) return value({ mode });
  if (text === "") return problem(`Name the mode: ${orList(modes)}.`);
  const near = nearest(mode, modes);
  const hint = near === null ? "" : ` Did you mean ${near}?`;
  return problem(`${quoteWord(text)} is not a mode.${hint} The modes are ${orList(modes)}.`);
}

function readSwitch(text: string): ArgumentReading {
  const to = text.toLowerCase();
  if (to === "on" || to === "off") return value({ to });
  return problem(text === "" ? "Write on or off." : `${quoteWord(text)} is neither on nor off.`);
}

function readTarget(text: string, key: "target" | "worker"): ArgumentReading {
  const name = text.toLowerCase();
  if (agentPattern.test(name) || workerPattern.test(name)) return value({ [key]: name });
  if (text === "") return problem("Name the agent or the worker; `/orchestrate agents` lists them.");
  return problem(`${quoteWord(text)} is neither an agent, such as \`jules\`, nor a worker, such as \`jules/2\`.`);
}

function readReason(text: string): ArgumentReading {
  if (text === "") return problem("Say why the task failed; the reason is shown to the people who wait for it.");
  // Unicode-aware cut: half of a surrogate pair would not survive the way to the state branch.
  return value({ reason: [...text].slice(0, reasonMax).join("") });
}

function readPriority(text: string): ArgumentReading {
  const priority = parsePriority(text);
  if (priority !== null) return value({ priority });
  const start = text === "" ? "Name the priority" : `${quoteWord(text)} is not a priority`;
  return problem(`${start}: write ${priorityChoices}.`);
}

function readMinutes(text: string): ArgumentReading {
  const ms = parseDuration(text.toLowerCase());
  const minutes = ms === null ? 0 : Math.round(ms / 60_000);
  if (minutes >= 1 && minutes <= estimateMinutesMax) return value({ minutes });
  const start = text === "" ? "Name the effort" : `${quoteWord(text)} is not an effort between 1 minute and 30 days`;
  return problem(`${start}: write 30m, 2h or 1d; a bare number is minutes.`);
}

function readCount(text: string): ArgumentReading {
  const workers = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (workers <= swarmMax) return value({ workers });
  const start = text === "" ? "Say how many workers" : `${quoteWord(text)} is not a number of workers`;
  return problem(`${start}: 1 to ${swarmMax}, or 0 to call it off.`);
}

function readIssue(text: string): ArgumentReading {
  const reference = parseIssueReference(text);
  if (reference !== null) return value({ number: reference.number, repository: reference.repository });
  return problem("Name one issue: `#12`, `owner/repository#12` or its address.");
}

function readBlocker(text: string): ArgumentReading {
  const wait = readWaitReference(text);
  if (wait !== null) return value({ wait });
  const reference = parseIssueReference(text);
  if (reference !== null) return value({ number: reference.number, repository: reference.repository });
  return problem(
    "Name what it waits for: `#12`, `owner/repository#12`, an address, `@login`, `2026-12-01` or `ci.yml on main`.",
  );
}

function readOptionalIssue(text: string): ArgumentReading {
  if (text === "") return value({ number: null });
  const reference = parseIssueReference(text);
  if (reference !== null && reference.repository === null) return value({ number: reference.number });
  return problem("Write `#` and the number of an issue of this repository, or nothing to resume everything.");
}
