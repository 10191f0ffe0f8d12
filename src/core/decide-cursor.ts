/** How far the tracker is read: a cursor only moves forward, whoever read it. */
import type { Command } from "../model/command.ts";
import type { Decision } from "./decision.ts";

/** A reader that began earlier and ended later has nothing to add: what it saw was decided by its own looks. */
export function decideCursor(
  decision: Decision,
  { cursor, wholeAt }: Extract<Command, { readonly type: "MoveCursor" }>,
): void {
  const known = decision.state.watch.readUpTo;
  const isBehind = known !== undefined && (cursor.issues < known.cursor.issues || wholeAt < known.wholeAt);
  if (isBehind || JSON.stringify({ cursor, wholeAt }) === JSON.stringify(known)) return;
  decision.emit({ type: "CursorMoved", cursor, wholeAt });
}
