/** Performs the effects that show the warnings: one comment on the monitoring issue, brought to what is true when it is written. */
import type { Context } from "../core/context.ts";
import type { State } from "../core/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { RecordedEffect } from "../model/effect.ts";
import type { Tracker } from "../ports/tracker.ts";
import { alertsMarker, renderAlerts } from "../views/alerts.ts";
import type { Settled } from "./settlements.ts";
import { toOpenWarnings, toPassedWarnings } from "./warning-views.ts";

/** One outcome an effect. An issue that cannot be written to is said once, and tried again only with the next warning. */
export async function updateAlerts(
  tracker: Pick<Tracker, "keepComment">,
  effects: readonly RecordedEffect[],
  { state, context }: { readonly state: State; readonly context: Context },
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
  if (outcome.kind === "written") return { kind: "done" };
  if (outcome.kind === "delayed") return outcome;
  return {
    kind: "dropped",
    reason: `Warnings cannot be written to issue #${issue} (alerts.issue): ${outcome.reason}`,
  };
}
