/**
 * The slash commands: one registry that feeds parsing, help and docs. Arguments are parsed here, permission is
 * checked in the core on the commenter's own permission.
 */
import type { Permission } from "./actor.ts";
import type { Mode } from "./mode.ts";
import type { Priority } from "./task.ts";

/** A parsed slash command. `issue` numbers are those of the same repository unless `repository` is given. */
export type SlashCommand =
  | {
      readonly verb:
        | "status"
        | "explain"
        | "plan"
        | "simulate"
        | "split"
        | "approve"
        | "retry"
        | "complete"
        | "cancel"
        | "hold"
        | "pause"
        | "stop"
        | "undo"
        | "agents"
        | "help";
    }
  | { readonly verb: "resume"; readonly number: number | null }
  | { readonly verb: "mode"; readonly mode: Mode }
  | { readonly verb: "attack"; readonly to: "on" | "off" }
  | { readonly verb: "assign" | "handoff"; readonly target: string }
  | { readonly verb: "fail"; readonly reason: string }
  | { readonly verb: "priority"; readonly priority: Priority }
  | { readonly verb: "estimate"; readonly minutes: number }
  | { readonly verb: "blocked-by" | "unblock"; readonly number: number; readonly repository: string | null }
  /** What is waited for and is no issue, as `describeWait` calls it: a date, a workflow, a person. */
  | { readonly verb: "unblock"; readonly wait: string }
  | { readonly verb: "enable" | "disable"; readonly worker: string }
  /** 0 calls a swarm off. */
  | { readonly verb: "swarm"; readonly workers: number };

export type SlashVerb = SlashCommand["verb"];

export interface SlashSpec {
  readonly verb: SlashVerb;
  /** After the verb, as people write it: `<mode>`, `#n`. */
  readonly usage: string;
  readonly summary: string;
  readonly needs: Permission;
  readonly example: string;
}
