/** The last command that changed a task, or the whole: whose it was, and what was there before, so that it can be taken back. */
import type { TaskId, WorkerId } from "./ids.ts";
import type { Mode } from "./mode.ts";
import type { SlashVerb } from "./slash.ts";
import type { Dependency, Priority, Task } from "./task.ts";

/** What a command found before it changed it. What it made of it is kept where somebody else may have changed it again. */
export type Before =
  | { readonly what: "hold"; readonly was: boolean }
  | { readonly what: "priority"; readonly was: Priority | null; readonly is: Priority }
  /** 0: none. */
  | { readonly what: "swarm"; readonly was: number; readonly is: number }
  | { readonly what: "estimate"; readonly was: number | null; readonly is: number }
  /** `wasTrusted`: it might have been started before, too. */
  | {
      readonly what: "assignment";
      readonly was: Task["assignTo"];
      readonly is: Task["assignTo"];
      readonly wasTrusted: boolean;
    }
  | { readonly what: "approval" }
  | { readonly what: "split" }
  /** A split that was put in force. */
  | { readonly what: "pieces" }
  | { readonly what: "edge"; readonly on: TaskId; readonly was: Dependency | null }
  | { readonly what: "waiver"; readonly on: TaskId }
  | { readonly what: "outcome"; readonly is: "failed" | "cancelled" | "completed" }
  | { readonly what: "pause"; readonly was: boolean }
  | { readonly what: "mode"; readonly was: Mode | null; readonly is: Mode | null }
  | { readonly what: "workers"; readonly workers: readonly WorkerId[]; readonly wereDisabled: boolean };

export interface LastCommand {
  /** The task that it changed; null: it was about everything. */
  readonly of: TaskId | null;
  /** The issue that it was given on. */
  readonly on: TaskId;
  readonly verb: SlashVerb;
  readonly by: string;
  /** Null where it cannot be taken back. */
  readonly before: Before | null;
  /** Who has taken it back; missing while nobody has. */
  readonly undoneBy?: string;
}
