/**
 * The one registry of slash commands, and the reading of a comment's first line. Comments are hostile text: nothing
 * beyond the first 1,000 characters is looked at, and what a problem repeats of them is cut to harmless characters.
 */
import type { Permission } from "./actor.ts";
import { nearest } from "./nearest.ts";
import { type ArgumentReading, quoteWord, readArgument, type SlashArgument } from "./slash-arguments.ts";
import type { SlashCommand, SlashSpec, SlashVerb } from "./slash.ts";

/** Ends the reading of a 1 MB comment early; every command with its longest argument is shorter. */
const scannedMax = 1_000;

interface Entry extends SlashSpec {
  readonly takes: SlashArgument;
}

/**
 * A verb with two forms has two entries, the one that needs more permission first, so that whoever looks up a verb
 * alone finds the stricter one.
 */
const entries: readonly Entry[] = [
  {
    verb: "status",
    usage: "",
    takes: "nothing",
    needs: "read",
    summary: "Shows what is running, what is next and what waits for a person.",
    example: "/orchestrate status",
  },
  {
    verb: "explain",
    usage: "",
    takes: "nothing",
    needs: "read",
    summary: "Says why this task runs where it runs, or why it waits.",
    example: "/orchestrate explain",
  },
  {
    verb: "plan",
    usage: "",
    takes: "nothing",
    needs: "read",
    summary: "Shows which ready tasks start next, when and with whom, and what decides when all is done.",
    example: "/orchestrate plan",
  },
  {
    verb: "simulate",
    usage: "",
    takes: "nothing",
    needs: "read",
    summary: "Plays the open tasks through in each mode and says which is done first; starts and changes nothing.",
    example: "/orchestrate simulate",
  },
  {
    verb: "split",
    usage: "",
    takes: "nothing",
    needs: "write",
    summary:
      "Proposes to split this issue into pieces, read from its checklist, steps or sections; `approve` opens an issue for each.",
    example: "/orchestrate split",
  },
  {
    verb: "approve",
    usage: "",
    takes: "nothing",
    needs: "write",
    summary:
      "Lets work start on this issue with the text it has now, also where it is not ready or looks like a duplicate; puts a proposed split in force.",
    example: "/orchestrate approve",
  },
  {
    verb: "mode",
    usage: "<mode>",
    takes: "mode",
    needs: "write",
    summary: "Ranks ready tasks by priority, blocker, effort, balanced, critical or attack from now on.",
    example: "/orchestrate mode critical",
  },
  {
    verb: "attack",
    usage: "on|off",
    takes: "switch",
    needs: "write",
    summary: "Puts every worker to quick wins at once, with their review relaxed and checks kept; off goes back.",
    example: "/orchestrate attack on",
  },
  {
    verb: "assign",
    usage: "<agent|worker>",
    takes: "target",
    needs: "write",
    summary: "Gives this task to an agent, or to one of its workers, as soon as it is ready.",
    example: "/orchestrate assign jules",
  },
  {
    verb: "handoff",
    usage: "<agent|worker>",
    takes: "target",
    needs: "write",
    summary:
      "Gives a running task to another agent or worker with its branch and pull request; its session is ended first.",
    example: "/orchestrate handoff cursor",
  },
  {
    verb: "swarm",
    usage: "<n>",
    takes: "count",
    needs: "write",
    summary: "Puts up to so many workers on the sub-issues of this issue at once, before other work; 0 calls it off.",
    example: "/orchestrate swarm 3",
  },
  {
    verb: "retry",
    usage: "",
    takes: "nothing",
    needs: "write",
    summary:
      "Tries a failed task again, with its failures forgiven, as long as `limits.attemptsPerTask` allows another attempt.",
    example: "/orchestrate retry",
  },
  {
    verb: "complete",
    usage: "",
    takes: "nothing",
    needs: "write",
    summary: "Declares the task done without a merged pull request; dependents may start.",
    example: "/orchestrate complete",
  },
  {
    verb: "fail",
    usage: "<reason>",
    takes: "reason",
    needs: "write",
    summary: "Ends the task as failed; a running session is cancelled.",
    example: "/orchestrate fail the upstream API was withdrawn",
  },
  {
    verb: "cancel",
    usage: "",
    takes: "nothing",
    needs: "write",
    summary: "Cancels the task and its running session.",
    example: "/orchestrate cancel",
  },
  {
    verb: "hold",
    usage: "",
    takes: "nothing",
    needs: "triage",
    summary: "Keeps this task from being started until it is resumed.",
    example: "/orchestrate hold",
  },
  {
    verb: "resume",
    usage: "",
    takes: "optional issue",
    needs: "write",
    summary: "Starts work again everywhere, after a pause or while several vendors fail at once.",
    example: "/orchestrate resume",
  },
  {
    verb: "resume",
    usage: "#n",
    takes: "optional issue",
    needs: "triage",
    summary: "Takes one task off hold.",
    example: "/orchestrate resume #12",
  },
  {
    verb: "pause",
    usage: "",
    takes: "nothing",
    needs: "write",
    summary: "Starts nothing new anywhere; what runs goes on.",
    example: "/orchestrate pause",
  },
  {
    verb: "stop",
    usage: "",
    takes: "nothing",
    needs: "write",
    summary: "Emergency stop: pauses, and cancels every running session; nothing starts until `resume`.",
    example: "/orchestrate stop",
  },
  {
    verb: "priority",
    usage: "<p>",
    takes: "priority",
    needs: "triage",
    summary: "Sets the priority: urgent, high, medium, low or none, 1 to 5, or P0 to P3.",
    example: "/orchestrate priority high",
  },
  {
    verb: "estimate",
    usage: "<t>",
    takes: "minutes",
    needs: "triage",
    summary: "Sets the estimated effort, such as 30m or 2h; a bare number is minutes.",
    example: "/orchestrate estimate 2h",
  },
  {
    verb: "blocked-by",
    usage: "#n",
    takes: "issue",
    needs: "write",
    summary: "Makes this task wait for another issue, here or in another repository.",
    example: "/orchestrate blocked-by #12",
  },
  {
    verb: "unblock",
    usage: "#n",
    takes: "blocker",
    needs: "write",
    summary:
      "Stops this task from waiting for that issue, date, workflow or person, even where the text still names it.",
    example: "/orchestrate unblock octo/web#12",
  },
  {
    verb: "agents",
    usage: "",
    takes: "nothing",
    needs: "read",
    summary: "Lists the agents, their workers and what each is doing.",
    example: "/orchestrate agents",
  },
  {
    verb: "enable",
    usage: "<worker>",
    takes: "worker",
    needs: "write",
    summary: "Lets a worker, or all workers of an agent, take tasks again.",
    example: "/orchestrate enable jules/2",
  },
  {
    verb: "disable",
    usage: "<worker>",
    takes: "worker",
    needs: "write",
    summary: "Gives a worker, or all workers of an agent, nothing new; what runs goes on.",
    example: "/orchestrate disable jules/2",
  },
  {
    verb: "undo",
    usage: "",
    takes: "nothing",
    needs: "write",
    summary:
      "Takes back the last command that changed this task, or one about everything that was given here; one step.",
    example: "/orchestrate undo",
  },
  {
    verb: "help",
    usage: "",
    takes: "anything",
    needs: "read",
    summary: "Shows these commands.",
    example: "/orchestrate help",
  },
];

/** Every form of every command, in the order in which help shows them. */
export const slashSpecs: readonly SlashSpec[] = entries.map(({ verb, usage, summary, needs, example }) => ({
  verb,
  usage,
  summary,
  needs,
  example,
}));

const slashVerbs: readonly SlashVerb[] = [...new Set(entries.map((entry) => entry.verb))];

/** The permission that this very command needs: `resume #12` less than `resume`. */
export function neededPermission(command: SlashCommand): Permission {
  const usage = command.verb === "resume" && command.number !== null ? "#n" : null;
  const forms = slashSpecs.filter((spec) => spec.verb === command.verb);
  return (forms.find((spec) => spec.usage === usage) ?? forms[0])?.needs ?? "admin";
}

export type SlashReading =
  | { readonly kind: "none" }
  | { readonly kind: "command"; readonly command: SlashCommand }
  | { readonly kind: "problem"; readonly problem: string };

/** Up to three spaces: four, or a tab, would be a code block; a quote or fence does not match either. */
const linePattern = /^ {0,3}\/orchestrate(?:[ \t]+(?<rest>.*))?$/i;

/**
 * What the first line of a comment asks for. `none`: it does not speak to us. `problem`: it does, and a sentence
 * says what to write instead. Never throws.
 */
export function parseSlash(commentBody: string): SlashReading {
  const line = commentBody.slice(0, scannedMax).split(/\r\n|\r|\n/, 1)[0] ?? "";
  const match = linePattern.exec(line.trimEnd());
  if (match === null) return { kind: "none" };
  const rest = (match.groups?.["rest"] ?? "").trim();
  if (rest === "") return { kind: "command", command: { verb: "help" } };
  const [written = ""] = rest.split(/\s/, 1);
  const entry = entries.find((candidate) => candidate.verb === written.toLowerCase());
  if (entry === undefined) return { kind: "problem", problem: describeUnknownVerb(written) };
  return toReading(entry, readArgument(entry.takes, rest.slice(written.length).trim()));
}

function describeUnknownVerb(written: string): string {
  const known = nearest(written, slashVerbs);
  const hint = known === null ? "" : ` Did you mean \`/orchestrate ${known}\`?`;
  return `${quoteWord(written)} is not a command.${hint} \`/orchestrate help\` lists them all.`;
}

function toReading(entry: Entry, reading: ArgumentReading): SlashReading {
  if (reading.kind === "problem") {
    return { kind: "problem", problem: `${reading.problem} Example: \`${entry.example}\`` };
  }
  // The entry's `takes` decides which argument the reading holds, which the type system cannot follow by itself.
  return { kind: "command", command: { verb: entry.verb, ...reading.value } as SlashCommand };
}
