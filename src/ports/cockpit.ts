/** The cockpit at the tracker: opened once, looked at with the edits of others, and written. One tracker keeps one. */
import type { Actor } from "../model/actor.ts";
import type { WriteOutcome } from "./write-outcome.ts";

/** Where it is. */
export interface CockpitPlace {
  readonly issue: number;
  readonly node: string;
  readonly url: string;
}

export type OpenOutcome =
  /** Made now, or by an earlier try, or in an earlier life: then a person may have closed it. */
  | { readonly kind: "open"; readonly place: CockpitPlace; readonly isClosed: boolean; readonly isFound: boolean }
  | Exclude<WriteOutcome, { readonly kind: "written" }>;

/** One edit of its text. */
export interface CockpitEdit {
  /** By the tracker's clock, milliseconds; whole seconds at GitHub. */
  readonly at: number;
  readonly by: Actor;
  /** By ourselves. */
  readonly isOwn: boolean;
  /** The whole text after it; null where the tracker does not tell. */
  readonly body: string | null;
}

export type CockpitLook =
  | { readonly kind: "gone" }
  | {
      readonly kind: "here";
      readonly isOpen: boolean;
      readonly body: string;
      /**
       * The last edits, oldest first, with everybody's permission; the first of them may not be acted on, since what was there
       * before it is not known. `[]` where nobody else has edited it since `since`.
       */
      readonly edits: readonly CockpitEdit[];
    };

export interface CockpitKeeper {
  /** Finds it by `marker` and our authorship, or opens and pins it. Safe to repeat. Rejects never. */
  open(wanted: { readonly marker: string; readonly title: string; readonly body: string }): Promise<OpenOutcome>;
  /** Reads it, with the edits of others after `since`. Rejects with `TrackerUnavailable`. */
  look(issue: number, since: number): Promise<CockpitLook>;
  /** Writes its text; closes it, or opens and pins it again, where that is wished. Rejects never. */
  write(wanted: {
    readonly node: string;
    readonly body: string;
    readonly state: "open" | "closed" | "leave";
  }): Promise<WriteOutcome>;
}
