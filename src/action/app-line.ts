/** A job's line to the App: the end of a session as the App's routes take it, and heartbeats while it goes on. */
import type { SessionReport } from "../model/observation.ts";
import type { AppLine, AssignmentName } from "../ports/app-line.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import { patientTries, ReportNotTaken, sendReport, type AppAddress } from "./send-report.ts";

export interface LineGround {
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly journal: Journal;
}

/** A heartbeat is worth no more of a watch than this. */
const beatMs = 10_000;
/** The App takes no longer sentence, and nobody reads one. */
const reasonMax = 2_000;

/** A line to the App at `address`. */
export function createAppLine(address: AppAddress, ground: LineGround): AppLine {
  const { clock, fetch, journal } = ground;
  let hasFailedToBeat = false;
  return {
    async tellEnd(assignment, report, durationMs) {
      const kind = report.state === "succeeded" ? "complete" : "fail";
      const body = toBody(assignment, report, durationMs);
      const onRepeat = (reason: string): void => journal.info("The report is sent again.", { reason });
      try {
        await sendReport(address, { kind, body, triesMax: patientTries, onRepeat }, ground);
        return "taken";
      } catch (error) {
        const reason = toReason(error);
        if (error instanceof ReportNotTaken && error.status === 409) {
          journal.info("The App says that the assignment is over; nothing is left to report.", { reason });
          return "not_live";
        }
        journal.warn("The App did not take the report; it is written onto the state branch.", { reason });
        return "not_taken";
      }
    },
    async beat(assignment) {
      const signal = AbortSignal.timeout(beatMs);
      const sent = sendReport(
        address,
        { kind: "heartbeat", body: toName(assignment), triesMax: 1 },
        { clock, fetch: (input, init) => fetch(input, { ...init, signal }) },
      );
      try {
        await within(clock, sent);
      } catch (error) {
        if (hasFailedToBeat) return;
        hasFailedToBeat = true;
        const reason = toReason(error);
        journal.warn("A heartbeat did not reach the App; the watch goes on, and no more is said of it.", { reason });
      }
    },
  };
}

/** The token is asked for first, by a client that has a patience of its own. */
async function within(clock: Clock, sent: Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = clock.after(beatMs, "heartbeat", () => reject(new Error("There was no answer in time.")));
    sent.then(resolve, reject).finally(() => timer.cancel());
  });
}

function toReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toName({ task, worker, fence, attempt }: AssignmentName): Readonly<Record<string, unknown>> {
  return { taskId: task, workerId: worker, fence, attempt };
}

/** As the App's routes take it; durations in seconds. What is not known is left out. */
function toBody(
  assignment: AssignmentName,
  report: SessionReport,
  durationMs: number,
): Readonly<Record<string, unknown>> {
  const { session, pullUrl, branch, costUsd } = report;
  const reason = (report.reason ?? wordsFor(report))?.slice(0, reasonMax) ?? null;
  const known = { cost: costUsd, pullUrl, branch, sessionId: session?.id ?? null, reason };
  return {
    ...toName(assignment),
    duration: `${Math.round(durationMs / 1_000)}s`,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null)),
    ...(report.state === "succeeded"
      ? { success: true }
      : { failureReason: failureOf(report), retriable: report.isHopeless !== true }),
  };
}

function failureOf({ state, failure }: SessionReport): string {
  return failure ?? (state === "cancelled" ? "cancelled" : "vendor_failed");
}

function wordsFor({ state }: SessionReport): string | null {
  return state === "not_found" ? "The vendor no longer knows the session." : null;
}
