/** The scenario's issues as the embedded GitHub numbers them, and who may say what about them: the evidence for trust. */
import { permits } from "../model/actor.ts";
import type { RepositoryPermission } from "./records.ts";
import type { Scenario, ScenarioIssue } from "./scenario.ts";

/** The person behind every act that names nobody. */
export const maintainer = "maintainer";

export interface BacklogEntry {
  readonly issue: ScenarioIssue;
  number: number;
  /** When it was first labelled as work or commanded by somebody who may; null: never. */
  trustedAt: number | null;
  /** Last trusted act: a label, a command, an edit by somebody with write. */
  approvedAt: number | null;
  /** Last edit of title or body by somebody without write. */
  untrustedEditAt: number | null;
  /** Somebody who may said `/orchestrate cancel` and nothing since took it back. */
  isCancelled: boolean;
  /** When somebody with write said `/orchestrate complete`, and nothing since took it back; null: never. */
  declaredAt: number | null;
  /** Numbers of blockers that a person waived with `/orchestrate unblock`. */
  readonly waived: Set<number>;
}

export interface Backlog {
  readonly entries: readonly BacklogEntry[];
  byKey(key: string): BacklogEntry | null;
  byNumber(number: number): BacklogEntry | null;
  /** What the scenario calls issue `number`; `#n` for any other. */
  nameOf(number: number): string;
  permissionOf(login: string): RepositoryPermission;
  mayWrite(login: string): boolean;
  /** `#key` in a text of the scenario becomes `#12`. */
  fillIn(text: string): string;
  /** A comment was made: what it means for trust, by who made it. */
  heard(comment: { readonly number: number; readonly by: string; readonly body: string; readonly at: number }): void;
}

const commandPattern = /^\/orchestrate\s+(?<verb>[a-z-]+)(?:\s+#(?<number>\d+))?/;

/** The backlog of a scenario. Numbers are those that a fresh repository gives, in the order of the scenario. */
export function createBacklog(scenario: Scenario): Backlog {
  const entries = scenario.issues.map((issue, index): BacklogEntry => ({
    issue,
    number: index + 1,
    trustedAt: null,
    approvedAt: null,
    untrustedEditAt: null,
    isCancelled: false,
    declaredAt: null,
    waived: new Set(),
  }));
  const byKey = new Map(entries.map((entry) => [entry.issue.key, entry]));

  function permissionOf(login: string): RepositoryPermission {
    const named = Object.hasOwn(scenario.actors, login) ? scenario.actors[login] : undefined;
    return named ?? (/^stranger/i.test(login) ? "none" : "write");
  }

  function mayWrite(login: string): boolean {
    return permits(permissionOf(login), "write");
  }

  function byNumber(number: number): BacklogEntry | null {
    return entries.find((entry) => entry.number === number) ?? null;
  }

  return {
    entries,
    byKey: (key) => byKey.get(key) ?? null,
    byNumber,
    nameOf: (number) => byNumber(number)?.issue.key ?? `#${number}`,
    permissionOf,
    mayWrite,
    fillIn: (text) =>
      text.replaceAll(/#(?<key>[A-Za-z][\w-]*)/g, (whole, key: string) => {
        const entry = byKey.get(key);
        return entry === undefined ? whole : `#${entry.number}`;
      }),
    heard({ number, by, body, at }) {
      const entry = byNumber(number);
      const command = commandPattern.exec(body.trimStart())?.groups;
      if (entry === null || command === undefined || !mayWrite(by)) return;
      entry.trustedAt ??= at;
      entry.approvedAt = at;
      obey(entry, { verb: command["verb"] ?? "", number: Number(command["number"]), at });
    },
  };
}

/** What a command that counts changes in the evidence. */
function obey(
  entry: BacklogEntry,
  { verb, number, at }: { readonly verb: string; readonly number: number; readonly at: number },
): void {
  if (verb === "cancel") entry.isCancelled = true;
  if (verb === "retry" || verb === "approve" || verb === "resume") entry.isCancelled = false;
  if (verb === "complete") entry.declaredAt ??= at;
  if (verb === "retry" || verb === "undo") entry.declaredAt = null;
  if (verb === "unblock") entry.waived.add(number);
  if (verb === "blocked-by") entry.waived.delete(number);
}
