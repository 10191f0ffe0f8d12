/** What happened at the cockpit: ticks, edits by hand, its end and its return. `type` strings are persisted and never change. */
import type { LastCommand } from "./last-command.ts";

export type CockpitEvent =
  | {
      /** A box of the cockpit was ticked, and what came of it. */
      readonly type: "BoxTicked";
      readonly box: string;
      readonly by: string;
      /** When it was ticked, by the tracker's clock. */
      readonly tickedAt: number;
      readonly isDone: boolean;
      readonly answer: string | null;
      /** What it has changed, for whoever takes it back; missing where it has changed nothing. */
      readonly kept?: LastCommand;
    }
  /** Somebody has changed its text by hand: it is written anew. */
  | { readonly type: "CockpitEdited"; readonly by: string; readonly editedAt: number }
  /** Closed by a person, or gone: it is left alone. */
  | { readonly type: "CockpitEnded"; readonly end: "closed" | "gone" }
  | { readonly type: "CockpitReopened" };
