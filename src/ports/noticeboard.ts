/** Where notices stand for people outside the tracker (Linear now): one standing comment of ours on an issue there. */
import type { StreamId } from "../model/ids.ts";
import type { WriteOutcome } from "./write-outcome.ts";

export interface Notice {
  /** As people name the issue: `ENG-123`. */
  readonly issue: string;
  /** Whose notice it is: each stream has one of its own on an issue. */
  readonly stream: StreamId;
  /** Markdown. */
  readonly body: string;
}

export interface Noticeboard {
  /**
   * Makes or edits the notice, where it says something else; dropped where the issue is gone or the key is refused. However often
   * it is called, and by how many, there is one comment. Rejects never.
   */
  keep(notice: Notice): Promise<WriteOutcome>;
}
