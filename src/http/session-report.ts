/** What an agent says of its session, in the words of the core. All text of it is other people's. */
import type { SessionReport } from "../model/observation.ts";
import type { FailureReason } from "../model/task.ts";
import type { Caller } from "./caller.ts";
import type { Assigned } from "./find-assignment.ts";

export interface Told {
  readonly isSuccess: boolean;
  /** One of our words for it, or the agent's own; null where it did not say. */
  readonly failureReason: string | null;
  readonly isRetriable: boolean;
  /** Milliseconds. */
  readonly duration?: number | null | undefined;
  readonly cost?: number | null | undefined;
  readonly sessionId?: string | null | undefined;
  readonly pullUrl?: string | null | undefined;
  readonly branch?: string | null | undefined;
  readonly reason?: string | null | undefined;
}

/** What an agent can know of itself. Conflicts, closed pull requests and cancels are seen, and not told. */
const tellable: ReadonlySet<string> = new Set<FailureReason>([
  "timeout",
  "validation",
  "api_error",
  "no_result",
  "needs_input",
  "checks_failed",
  "vendor_failed",
]);

export function toSessionReport(
  told: Told,
  { caller, task }: { readonly caller: Caller; readonly task: Assigned },
): SessionReport {
  const isOwnJob = isOurJob(caller, task);
  const isFromVendor = isOwnJob && caller.kind === "job";
  return {
    session: task.assignment.session ?? { id: toLine(told.sessionId) ?? toName(caller, task), url: null },
    // The best evidence there is, from where it comes from the vendor; from anybody else only a hint where to look.
    pullUrl: isOwnJob ? (told.pullUrl ?? null) : null,
    branch: isOwnJob ? (toLine(told.branch) ?? null) : null,
    question: null,
    costUsd: told.cost ?? null,
    ...((isFromVendor ? wordOfVendor(told) : null) ?? wordOfAgent(told)),
    ...(typeof told.duration === "number" ? { durationMs: told.duration } : {}),
  };
}

type Word = Pick<SessionReport, "state" | "reason" | "failure" | "isHopeless">;

function wordOfAgent(told: Told): Word {
  const reason = reasonOf(told);
  if (told.isSuccess) return { state: "succeeded", reason };
  return { state: "failed", reason, failure: failureOf(told) ?? "reported", ...hopeOf(told) };
}

/** What our own job saw at the vendor is folded as where the job writes it down itself. Null where it says more than the vendor did. */
function wordOfVendor(told: Told): Word | null {
  const { isSuccess, failureReason, reason } = told;
  if (isSuccess || (failureReason !== "vendor_failed" && failureReason !== "cancelled")) return null;
  const state = failureReason === "cancelled" ? failureReason : "failed";
  return { state, reason: toLine(reason), ...hopeOf(told) };
}

function hopeOf({ isRetriable }: Told): Pick<Word, "isHopeless"> {
  return isRetriable ? {} : { isHopeless: true };
}

/** The program's own job, which has it from the vendor. An agent in a workflow of the user's own could write anything. */
function isOurJob(caller: Caller, { assignment }: Assigned): boolean {
  return caller.kind === "operator" || (caller.kind === "job" && assignment.session?.id !== assignment.run);
}

function toName(caller: Caller, { assignment }: Assigned): string {
  return caller.kind === "job" ? `run-${caller.run}` : `${assignment.worker}-${assignment.fence}`;
}

/** `Checks failed`, `checks-failed` and `checks_failed` are one. Null where it is no word of ours. */
function failureOf({ failureReason }: Told): FailureReason | null {
  const word = (failureReason ?? "")
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
  return tellable.has(word) ? (word as FailureReason) : null;
}

function reasonOf(told: Told): string | null {
  const own = failureOf(told) === null ? toLine(told.failureReason) : null;
  const said = toLine(told.reason);
  if (own === null) return said ?? (told.isSuccess ? null : failedSentence(told));
  return said === null ? own : `${own}: ${said}`;
}

function failedSentence(told: Told): string {
  const failure = failureOf(told);
  return failure === null ? "The agent says that it failed." : `The agent says: ${failure.replaceAll("_", " ")}.`;
}

/** On one line, without what would move a cursor or hide; null where nothing is left. */
function toLine(text: string | null | undefined): string | null {
  const line = (text ?? "").replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line === "" ? null : line;
}
