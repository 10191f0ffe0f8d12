/** The cockpit: the one pinned issue that shows everything and takes orders by its boxes. What is remembered and seen of it. */
import type { LastCommand } from "./last-command.ts";

/** How its text begins: our issue is found again by this, together with our authorship. */
export const cockpitMarker = "<!-- orchestrate:cockpit -->";

/** Why it is not kept up to date: closed by a person, deleted or transferred, or switched off in the configuration. */
export type CockpitEnd = "closed" | "gone" | "off";

/** A tick and what came of it, as the cockpit tells it. */
export interface Said {
  /** The key of the box. */
  readonly box: string;
  readonly by: string;
  readonly at: number;
  readonly isDone: boolean;
  /** What there is to say beyond done; null where there is nothing. */
  readonly answer: string | null;
}

/** Where the cockpit is, and how it was written last. */
export interface CockpitRecord {
  readonly issue: number;
  readonly node: string;
  readonly url: string;
  /** A hash of what was written last; null: something else stands there. */
  readonly digest: string | null;
  readonly writtenAt: number;
  /** Since when something else may stand there, by our clock. */
  readonly touchedAt: number;
  /** The last edit by others that was taken in, by the tracker's clock. */
  readonly heardAt: number;
  readonly end: CockpitEnd | null;
  /** The last ticks, newest first. */
  readonly said: readonly Said[];
}

/** What writing it has left. */
export interface CockpitWritten extends Pick<CockpitRecord, "issue" | "node" | "url" | "digest" | "end"> {
  readonly at: number;
}

/** What a look at the cockpit found, beside ticks. */
export interface CockpitFacts {
  readonly issue: number;
  readonly state: "open" | "closed" | "gone";
  /** The newest edit by somebody else, where the text is not as we wrote it; null where it is, or we wrote last. */
  readonly touched: { readonly by: string; readonly at: number } | null;
}

/** What happens to it. */
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
