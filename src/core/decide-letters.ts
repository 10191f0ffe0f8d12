/** Dead letters: what is told of once when it cannot be decided or read, and what a person does about it. */
import type { Command } from "../model/command.ts";
import { letterOf, type DeadLetter } from "../model/dead-letter.ts";
import type { EffectType } from "../model/effect.ts";
import type { Observation } from "../model/observation.ts";
import { bounded } from "./decide-session.ts";
import type { Decision } from "./decision.ts";
import { letterRetoldMs } from "../model/limits.ts";

type CommandOf<Type extends Command["type"]> = Extract<Command, { readonly type: Type }>;

/** The same trouble once more is no news. */
export function decideAside(
  decision: Decision,
  { subject, reason: said }: Pick<CommandOf<"NoteAside">, "subject" | "reason">,
): void {
  const reason = bounded(said);
  const known = decision.state.letters.get(letterOf(subject));
  if (known !== undefined && (known.reason === reason || decision.context.now < known.at + letterRetoldMs)) return;
  if (subject.kind === "issue") decision.emit({ type: "IssueSetAside", number: subject.number, reason });
  else decision.emit({ type: "CommandSetAside", command: subject.command, task: subject.task, reason });
}

/** Issues that could not be read stand aside; those that could, and those that are not there, do so no more. */
export function noteReading(decision: Decision, { issues, unreadable }: Observation): void {
  const missing = unreadable.filter(({ isAbsent = false }) => isAbsent);
  for (const { number, reason, isAbsent } of unreadable) {
    if (isAbsent === undefined) decideAside(decision, { subject: { kind: "issue", number }, reason });
  }
  if (decision.state.letters.size === 0) return;
  for (const { number } of [...issues, ...missing]) {
    const letter = letterOf({ kind: "issue", number });
    if (decision.state.letters.has(letter)) decision.emit({ type: "LetterClosed", letter, by: null });
  }
}

/** Nothing where it is over meanwhile, or must not be tried again: whoever asks is told by `whyNotRetried`. */
export function decideLetter(decision: Decision, { letter: name, act, by }: CommandOf<"HandleLetter">): void {
  const letter = decision.state.letters.get(name);
  if (letter === undefined) return;
  if (act === "drop") return decision.emit({ type: "LetterClosed", letter: name, by });
  if (whyNotRetried(letter) !== null) return;
  const repeats = letter.subject.kind === "effect" ? letter.subject.effect : null;
  decision.emit({ type: "LetterRetried", letter: name, by, repeats });
}

const onItsOwn = "Sessions have retries of their own: `/orchestrate retry` on the issue begins another attempt.";
const byTask = "Its task says what became of it: merge it yourself, or push another commit, and it is looked at again.";

/** What must not be repeated out of turn, with what to do instead. The others are safe to perform again, whatever has happened since. */
const refusals: Partial<Record<EffectType, string>> = {
  StartSession: onItsOwn,
  CancelSession: onItsOwn,
  WatchSession: onItsOwn,
  MergePull: byTask,
  UpdateBranch: byTask,
  CollectFeedback: "The next attempt has gone on without it; it is read again with the next failure.",
  OpenPiece: "`/orchestrate approve` on the issue that is split opens what is missing, and none twice.",
  OpenIssue: "Whoever submitted it was told: send it again, with another Idempotency-Key.",
};

/** Why it is not tried again, and what to do; null where it can be. */
export function whyNotRetried({ subject }: DeadLetter): string | null {
  if (subject.kind === "issue") return null;
  if (subject.kind === "effect") return refusals[subject.effect.type] ?? null;
  return "What could not be decided is not kept: what GitHub or a vendor says is looked at again by itself, and a slash command is written again as a new comment.";
}
