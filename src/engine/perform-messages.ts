/**
 * Performs the effects that tell the webhook, one after the other. They go their own way, so that a receiver that is slow or away holds
 * up nothing here; after the first that it does not take, the others of that turn are not tried.
 */
import { isOutdated } from "../core/alerts.ts";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import type { Message } from "../model/alert.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { Effect, RecordedEffect } from "../model/effect.ts";
import { taskOfWarning, warningKey } from "../model/warning.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { toAlertMessage, toProgressMessage } from "../views/alert-message.ts";
import type { EngineParts, World } from "./parts.ts";
import type { Settled } from "./settlements.ts";
import { toTaskView } from "./task-views.ts";

interface Ground {
  readonly state: State;
  readonly context: Context;
  readonly parts: Pick<EngineParts, "stream" | "repository" | "journal">;
}

/** One outcome an effect. What has passed before it could be told is not told. */
export async function sendMessages(
  { alertService }: Pick<World, "alertService">,
  effects: readonly RecordedEffect[],
  ground: Ground,
): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  let putOff: EffectOutcome | null = null;
  for (const { id, effect } of effects) {
    const message = messageOf(effect, ground);
    let outcome: EffectOutcome = { kind: "done" };
    if (message !== null && alertService === undefined) outcome = missReceiver(ground);
    else if (message !== null) outcome = putOff ?? toOutcome(await alertService?.notify(message));
    if (outcome.kind === "delayed") putOff = outcome;
    settled.push({ effect: id, outcome });
  }
  return settled;
}

/** Null where it is not to be sent any more. */
function messageOf(effect: Effect, { state, context, parts }: Ground): Message | null {
  const { notify } = context.config.alerts;
  if (notify === undefined || isOutdated(state, effect)) return null;
  if (effect.type === "SendProgress") return notify.progress ? toProgressMessage(parts, effect.progress) : null;
  if (effect.type !== "SendAlert") return null;
  const about = taskOfWarning(effect.alert);
  const task = about === null ? undefined : state.tasks.get(about);
  return toAlertMessage(parts, effect.alert, task === undefined ? null : toTaskView(state, task, context));
}

/** Said once, and no more while it is known. */
function missReceiver({ state, parts }: Ground): EffectOutcome {
  if (state.warnings.has(warningKey({ code: "alerts_unsent", subject: "all" }))) return { kind: "done" };
  const reason =
    "Alerts cannot be sent (alerts.notify): ORCHESTRATE_ALERT_WEBHOOK is not set where Orchestrate runs, or is no https address. Set it, and start again.";
  parts.journal.warn(reason);
  return { kind: "dropped", reason };
}

function toOutcome(outcome: WriteOutcome | undefined): EffectOutcome {
  if (outcome === undefined || outcome.kind === "written") return { kind: "kept" };
  return { ...outcome, reason: `The alert was not taken by the webhook (alerts.notify): ${outcome.reason}` };
}
