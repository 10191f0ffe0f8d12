/** Sends a report to the App as the job that this is: with an identity token of GitHub's, over a line that follows nobody elsewhere. */
import * as core from "@actions/core";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import { toPlainLine } from "../views/markdown.ts";

/** Where the App is, and whom its tokens are for. */
export interface AppAddress {
  readonly url: string;
  readonly audience: string;
}

export interface ReportToSend {
  readonly kind: "complete" | "fail" | "heartbeat";
  /** As the App's routes take it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** How often it is sent at most. */
  readonly triesMax: number;
  /** Told before it is sent again. */
  readonly onRepeat?: (message: string) => void;
}

/** The App has not taken the report. */
export class ReportNotTaken extends Error {
  override readonly name = "ReportNotTaken";
  /** What the App answered with; null where it could not be reached. */
  readonly status: number | null;

  constructor(message: string, options: { readonly status: number | null; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

/** A server that starts anew is back within this many tries. */
export const patientTries = 4;
const pauseMs = 5_000;

/** Resolves when the report is in the App's log. Rejects with `ReportNotTaken`, or where GitHub gives no token. */
export async function sendReport(
  { url, audience }: AppAddress,
  { kind, body, triesMax, onRepeat }: ReportToSend,
  { clock, fetch }: { readonly clock: Clock; readonly fetch: Fetch },
): Promise<void> {
  const address = `${url.replace(/\/+$/, "")}/orchestrator/${kind}`;
  const token = await identify(audience);
  const init = {
    method: "POST",
    // The token must not follow a redirect to somebody else.
    redirect: "error",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  } as const;
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(address, init).catch((error: unknown) => toUnreachable(address, error));
    if (response instanceof Response && response.ok) {
      await response.body?.cancel();
      return;
    }
    const isPassing = response instanceof Error || response.status >= 500 || response.status === 429;
    const failure = response instanceof Error ? response : await toRefusal(address, response);
    if (!isPassing || tries >= triesMax) throw failure;
    onRepeat?.(failure.message);
    await clock.sleep(tries * pauseMs, "report");
  }
}

/** Who the job is, signed by GitHub. */
async function identify(audience: string): Promise<string> {
  try {
    return await core.getIDToken(audience);
  } catch (error) {
    const message = "GitHub gives this job no identity token: add `id-token: write` to the permissions of the job.";
    throw new Error(message, { cause: error });
  }
}

function toUnreachable(address: string, cause: unknown): ReportNotTaken {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ReportNotTaken(`${address} cannot be reached: ${why}.`, { status: null, cause });
}

/** The server's own sentence, from its problem document where it sends one. */
async function toRefusal(address: string, response: Response): Promise<ReportNotTaken> {
  const { status } = response;
  const text = await response.text().catch(() => "");
  const said = toPlainLine(readDetail(text) ?? text, 300);
  return new ReportNotTaken(`${address} answered ${status}${said === "" ? "" : `: ${said}`}.`, { status });
}

function readDetail(text: string): string | null {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem !== "object" || problem === null) return null;
    const { detail, title } = problem as { readonly detail?: unknown; readonly title?: unknown };
    return typeof detail === "string" ? detail : typeof title === "string" ? title : null;
  } catch {
    return null;
  }
}
