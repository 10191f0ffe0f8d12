/** Reports and outcomes in their plain forms, so that each adapter only names what differs. */
import type { CancelOutcome, StartOutcome } from "../ports/agent.ts";
import type { SessionReport } from "../model/observation.ts";
import type { Session } from "../model/task.ts";
import type { Refused, Unknown } from "./vendor-http.ts";

/** A report of this state; what is not given is null. */
export function report(
  state: SessionReport["state"],
  session: Session | null,
  known: Partial<SessionReport> = {},
): SessionReport {
  return { state, session, pullUrl: null, branch: null, question: null, reason: null, costUsd: null, ...known };
}

/** True for the states that a session never leaves; `not_found` counts, because nothing runs under that name. */
export function isEnded(state: SessionReport["state"]): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled" || state === "not_found";
}

/** What `start` says of an answer that is not a session. */
export function toStartOutcome(answer: Refused | Unknown): StartOutcome {
  if (answer.kind === "unknown") return { kind: "unknown", reason: answer.reason };
  return { kind: "refused", reason: answer.reason, retryAfterMs: answer.retryAfterMs };
}

/** The key is not accepted: nothing was started with it, and nothing can be asked. */
export function isKeyRefused(answer: Refused | Unknown): boolean {
  return answer.kind === "refused" && (answer.status === 401 || answer.status === 403);
}

/** A no to a look-up proves nothing: what an earlier call started, and whose answer was lost, may be running. */
export function toDoubt(answer: Refused | Unknown): Refused | Unknown {
  return isKeyRefused(answer) ? answer : { kind: "unknown", reason: answer.reason };
}

/** What `start` says when it could not find out whether an earlier call had started the session. */
export function toDoubtfulOutcome(answer: Refused | Unknown): StartOutcome {
  return toStartOutcome(toDoubt(answer));
}

/** What `watch` says of an answer that is not a session: only a 404 proves that there is none. */
export function toWatchReport(answer: Refused | Unknown, session: Session): SessionReport {
  const isGone = answer.kind === "refused" && answer.status === 404;
  return report(isGone ? "not_found" : "unknown", session, { reason: answer.reason });
}

/** What `cancel` says when the look before it showed the end, or showed nothing. Null: the session is live. */
export function toSettledCancel(seen: SessionReport): CancelOutcome | null {
  if (isEnded(seen.state)) return { kind: "ended", report: seen };
  if (seen.state === "unknown") return { kind: "unknown", reason: seen.reason ?? "The vendor could not be asked." };
  return null;
}
