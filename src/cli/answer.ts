/** What a command of the command line answers, and how it comes out: for people or, with --json, for programs. */
import { print, printJson } from "../print.ts";

export interface Answer {
  /** What `--json` prints; its keys are a contract. */
  readonly document: unknown;
  /** What people read. */
  readonly page: string;
}

/** Prints an answer in the way that was asked for. Ends the process soon after, also where there was none. */
export async function say(answer: Promise<Answer>, options: { readonly json?: boolean }): Promise<void> {
  try {
    const { document, page } = await answer;
    await (options.json === true ? printJson(document) : print(page));
  } finally {
    partSoon();
  }
}

const partingMs = 500;

/** Ends the process although something still waits: a connection that is kept alive, or a timer of an outage. */
export function partSoon(): void {
  setTimeout(() => process.exit(), partingMs).unref();
}
