/** What happened to answers and effects; the events of everything else are in event.ts. */
import type { Progress } from "./alert.ts";
import type { CockpitWritten } from "./cockpit.ts";
import type { SurfaceWritten } from "./effect.ts";
import type { EffectId, TaskId } from "./ids.ts";
import type { LastCommand } from "./last-command.ts";

export type OutboxEvent =
  /** How far the work is, as the webhook of `alerts.notify` is told. */
  | { readonly type: "ProgressTold"; readonly progress: Progress }
  | {
      readonly type: "CommandAnswered";
      readonly task: TaskId | null;
      /** The issue to answer on, where it is no task and the reaction does not say enough. */
      readonly issue?: number;
      /** Null: there is none to react to, and whoever asked has been answered already. */
      readonly comment: string | null;
      readonly reaction: "+1" | "-1" | "eyes" | "confused";
      /** Shown in the sticky comment where there is a comment; null when the reaction says enough. */
      readonly answer: string | null;
      /** What it has changed, for whoever takes it back, or what was taken back; missing where it has changed nothing. */
      readonly kept?: LastCommand;
    }
  | {
      readonly type: "EffectsLeased";
      readonly effects: readonly EffectId[];
      readonly owner: string;
      readonly until: number;
    }
  | {
      readonly type: "EffectSettled";
      readonly effect: EffectId;
      /** The issue that was created. */
      readonly issue?: number;
      /** The merge was not done, because it was not wanted any more. */
      readonly isWithdrawn?: true;
      readonly cockpit?: CockpitWritten;
      readonly surface?: SurfaceWritten;
    }
  | { readonly type: "EffectDelayed"; readonly effect: EffectId; readonly reason: string; readonly notBefore: number }
  | { readonly type: "EffectDropped"; readonly effect: EffectId; readonly reason: string };
