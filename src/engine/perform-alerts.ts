/**
 * Performs the effects that show the warnings: one comment on each monitoring issue, brought to what is true when it is written. The
 * one at Linear goes its own way, so that an outage there holds up nothing here.
 */
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { RecordedEffect } from "../model/effect.ts";
import { warningKey } from "../model/warning.ts";
import type { Tracker } from "../ports/tracker.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { alertsMarker, renderAlerts, renderNotice } from "../views/alerts.ts";
import type { EngineParts, World } from "./parts.ts";
import type { Settled } from "./settlements.ts";
import { toOpenWarnings, toPassedWarnings } from "./warning-views.ts";

interface Ground {
  readonly state: State;
  readonly context: Context;
}

/** One outcome an effect. An issue that cannot be written to is said once, and tried again only with the next warning. */
export async function updateAlerts(
  tracker: Pick<Tracker, "keepComment">,
  effects: readonly RecordedEffect[],
  { state, context }: Ground,
): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  for (const { id, effect } of effects) {
    if (effect.type !== "UpdateAlerts") continue;
    const isStill = context.config.alerts.issue === effect.issue;
    const outcome: EffectOutcome = isStill ? await write(tracker, effect.issue, state) : { kind: "done" };
    settled.push({ effect: id, outcome });
  }
  return settled;
}

async function write(tracker: Pick<Tracker, "keepComment">, issue: number, state: State): Promise<EffectOutcome> {
  const body = renderAlerts(toOpenWarnings(state), toPassedWarnings(state));
  const outcome = await tracker.keepComment({ issue, marker: alertsMarker, body });
  return toOutcome(outcome, { done: "done", place: `issue #${issue} (alerts.issue)` });
}

/** The same at Linear. Without a key that is said once, and no more while it is known. */
export async function updateLinearAlerts(
  { noticeboard }: Pick<World, "noticeboard">,
  effects: readonly RecordedEffect[],
  ground: Ground & { readonly parts: Pick<EngineParts, "stream" | "repository" | "journal"> },
): Promise<readonly Settled[]> {
  const { state, context, parts } = ground;
  const { stream, repository } = parts;
  const settled: Settled[] = [];
  for (const { id, effect } of effects) {
    if (effect.type !== "UpdateLinearAlerts") continue;
    const { issue } = effect;
    let outcome: EffectOutcome = { kind: "done" };
    if (context.config.alerts.linear === issue) {
      const body = renderNotice(
        repository,
        toOpenWarnings(state).filter(isNews),
        toPassedWarnings(state).filter(isNews),
      );
      outcome =
        noticeboard === undefined
          ? missKey(issue, ground)
          : toOutcome(await noticeboard.keep({ issue, stream, body }), {
              done: "kept",
              place: `the Linear issue ${issue} (alerts.linear)`,
            });
    }
    settled.push({ effect: id, outcome });
  }
  return settled;
}

/** Whoever reads it at Linear sees that it can be written to. */
function isNews({ warning }: { readonly warning: { readonly code: string } }): boolean {
  return warning.code !== "linear_unwritten";
}

function missKey(issue: string, { state, parts }: Parameters<typeof updateLinearAlerts>[2]): EffectOutcome {
  if (state.warnings.has(warningKey({ code: "linear_unwritten", subject: "all" }))) return { kind: "done" };
  const reason = `Warnings cannot be written to the Linear issue ${issue} (alerts.linear): LINEAR_API_KEY is not set where Orchestrate runs. Set it, and start again.`;
  parts.journal.warn(reason);
  return { kind: "dropped", reason };
}

function toOutcome(
  outcome: WriteOutcome,
  { done, place }: { readonly done: "done" | "kept"; readonly place: string },
): EffectOutcome {
  if (outcome.kind === "written") return { kind: done };
  if (outcome.kind === "delayed") return outcome;
  return { kind: "dropped", reason: `Warnings cannot be written to ${place}: ${outcome.reason}` };
}
