/** The agents that are no longer in force and still have sessions: what is said of them wherever agents are shown. */
import { escapeText, toCode, toReference } from "./markdown.ts";
import { count } from "./words.ts";

export interface LeavingView {
  readonly id: string;
  readonly type: string;
  readonly dispatch: string;
  /** Another system has its id now. */
  readonly isReplaced: boolean;
  readonly sessions: readonly { readonly worker: string; readonly reference: string; readonly url: string | null }[];
}

/** Sessions that are named one by one. */
const namedMax = 10;

/** Markdown, a line each; empty where there are none. */
export function renderLeaving(leaving: readonly LeavingView[]): string {
  return leaving.map(describeLeaving).join("\n");
}

/** One of them as Markdown. */
export function describeLeaving({ id, type, dispatch, isReplaced, sessions }: LeavingView): string {
  const what = isReplaced
    ? `${toCode(id)} is another system by now; of the one before (${escapeText(type)}, dispatch ${escapeText(dispatch)})`
    : `${toCode(id)} was taken out and gets no new work;`;
  const named = sessions
    .slice(0, namedMax)
    .map((each) => `${toCode(each.worker)} ${toReference(each.reference, each.url)}`);
  const more = sessions.length > namedMax ? [`${sessions.length - namedMax} more`] : [];
  const go = sessions.length === 1 ? "goes on to its end" : "go on to their end";
  return `${what} ${count(sessions.length, "session")} ${go}: ${[...named, ...more].join(", ")}`;
}
