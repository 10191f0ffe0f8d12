/** The lines of the log about a task that is split into pieces. */
import type { EventIn } from "./event-families.ts";

/** What happened, with the task named. */
export function renderSplitEvent(event: EventIn<"split">, task: string): string {
  switch (event.type) {
    case "SplitProposed":
      return `${task} could be split into ${event.proposal.pieces.length} pieces, as ${event.by} asked: it waits for approval`;
    case "SplitWithdrawn":
      return `${task} is not split, says ${event.by}`;
    case "SplitApproved":
      return `${task} is split, says ${event.by}: its pieces are opened as issues`;
    case "PieceOpened":
      return `piece ${event.piece + 1} of ${task} is #${event.issue}`;
    case "SplitSettled":
      return `${task} is split: every piece of it is an issue`;
  }
}
