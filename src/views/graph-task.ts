/** A task as the drawn graph needs it. */
import type { DependencyKind, TaskStatus } from "../model/task.ts";

/** One task as the graph shows it. */
export interface GraphTask {
  /** `#12` or `owner/repo#12`; unique in the list. */
  readonly reference: string;
  readonly title: string;
  readonly status: TaskStatus;
  /** What it is folded into when the graph is large: its milestone. */
  readonly group: string | null;
  /** References of what it waits for. One that is not in the list is left out. */
  readonly blockedBy: readonly { readonly reference: string; readonly kind: DependencyKind }[];
  /** It waits for itself, over others. */
  readonly isInCycle?: boolean;
}
