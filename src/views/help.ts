/** The slash commands as help in a comment and as docs/commands.md, both from the one registry. */
import type { Permission } from "../model/actor.ts";
import type { SlashSpec } from "../model/slash.ts";
import { slashSpecs } from "../model/slash-commands.ts";
import { helpDetails } from "./help-details.ts";
import { renderTable, toCode } from "./markdown.ts";

/** What the permission is called in the settings of a repository. */
const permissionWords: Readonly<Record<Permission, string>> = {
  none: "anybody",
  read: "read",
  triage: "triage",
  write: "write",
  maintain: "maintain",
  admin: "admin",
};

/** Markdown for the sticky comment. */
export function renderHelp(): string {
  const rows = slashSpecs.map((spec) => [toUsage(spec), spec.summary, permissionWords[spec.needs]]);
  return [
    renderTable(["Command", "What it does", "Needs"], rows),
    "Write a command as the first line of a new comment, on the issue that it is about.",
  ].join("\n\n");
}

/** The text of docs/commands.md. */
export function renderHelpDocs(): string {
  const sections = slashSpecs.map((spec) =>
    [
      `## ${toUsage(spec)}`,
      `${spec.summary} Needs ${permissionWords[spec.needs]} permission.`,
      ...(helpDetails[spec.verb] ?? []),
      `\`\`\`text\n${spec.example}\n\`\`\``,
    ].join("\n\n"),
  );
  return `${[...docsHead, renderOverview(), ...sections].join("\n\n")}\n`;
}

const docsHead = [
  "# Slash commands",
  [
    "A command is the first line of a new comment on an issue. Orchestrate acknowledges it with a reaction: 👍 done,",
    "👀 seen and being answered, 👎 refused, 😕 not understood. Where an answer is needed, it stands in the one comment that",
    "Orchestrate keeps on each task's issue. Editing a comment never runs a command.",
  ].join("\n"),
  [
    "On an issue that is no task, whoever has triage permission or more is answered in such a comment as well: a command about",
    "a task with what makes a task of the issue. Others get the reaction alone there, and so does everybody on a pull request.",
  ].join("\n"),
  [
    "Letter case does not matter in the command and its words. A command in a quote or in code is not one. The permission is",
    "the one that the commenter has in this repository at that moment, as the repository's collaborator list says. With",
    "`trust: triage` in the configuration, triage permission is enough where write is asked for below, except for attack mode and",
    "for what lets dependents start without a merge: `complete` and `unblock` take write, as closing an issue as completed does. So does `undo`.",
  ].join("\n"),
  "`mode`, `complete`, `fail` and `handoff` can be given [at a terminal](cli.md) as well, and `status`, `explain`, `simulate` and `agents` asked there.",
];

function renderOverview(): string {
  const rows = slashSpecs.map((spec) => [toUsage(spec), spec.summary, permissionWords[spec.needs]]);
  return renderTable(["Command", "What it does", "Needs"], rows);
}

/** A bar inside a table cell would end it, even in code; the code view writes a broken bar, so "or" is clearer. */
function toUsage(spec: SlashSpec): string {
  const usage = spec.usage.replaceAll("|", " or ");
  return toCode(["/orchestrate", spec.verb, usage].filter((part) => part !== "").join(" "));
}
