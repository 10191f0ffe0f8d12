/**
 * Attack mode while it lasts: the threshold follows the momentum, the capacity follows the queue, and it ends by itself when
 * there is nothing left to attack. Everything that it changed goes back with its end.
 */
import { adjustEffortThreshold, thresholdMinutes } from "./attack-threshold.ts";
import type { Decision } from "./decision.ts";
import { decideScaling, takeScalingBack } from "./decide-scaling.ts";
import { modeByLog } from "../fold/mode.ts";
import { hasQuickWin, isAttackModeEligible } from "./quick-wins.ts";
import type { Attack } from "../state/records.ts";

const hourMs = 60 * 60_000;

export function decideAttack(decision: Decision): void {
  const { state, context } = decision;
  // The configuration of an older version of this program switched it on without a record of it.
  if (state.attack === null && modeByLog(state) === "attack") {
    decision.emit({ type: "ModeChanged", mode: state.mode, by: state.modeBy ?? "configuration" });
  }
  if (state.attack === null) return takeScalingBack(decision, "attack mode is over");
  if (hasQuickWin(state, context)) decideMomentum(decision, state.attack);
  else if (isOver(decision, state.attack)) {
    decision.emit({ type: "ModeChanged", mode: state.attack.before, by: "orchestrate" });
    return takeScalingBack(decision, "attack mode is over");
  }
  decideScaling(decision);
}

/**
 * A whole window of the momentum without a quick win: a person or a rule gets back what was before. Where the configuration says
 * `mode: attack` it stays, because there is nothing before it.
 */
function isOver({ state, context }: Decision, attack: Attack): boolean {
  if (state.mode !== "attack") return false;
  const { within } = context.config.attack.momentum;
  if (context.now - attack.since < within) return false;
  for (const completion of state.completions.since(context.now - within)) {
    const task = state.tasks.get(completion.task);
    if (task !== undefined && isAttackModeEligible(state, task, context.config)) return false;
  }
  return true;
}

/**
 * Once a window, and for the first time as soon as there are enough completions since attack mode began: those before it are not its
 * momentum. Without quick wins there is none to judge, so an idle attack mode changes nothing.
 */
function decideMomentum(decision: Decision, attack: Attack): void {
  const { state, context } = decision;
  const { tasks, within } = context.config.attack.momentum;
  const isFirst = attack.adjustedAt === attack.since;
  const isDue = context.now - attack.adjustedAt >= within;
  if (!isDue && !isFirst) return;
  let completed = 0;
  for (const _ of state.completions.since(Math.max(attack.since - 1, context.now - within))) completed += 1;
  if (!isDue && completed < tasks) return;
  const velocity = Math.round((completed * hourMs * 10) / within) / 10;
  const before = thresholdMinutes(state, context.config);
  const minutes = adjustEffortThreshold(before, velocity, context.config);
  if (minutes !== before) decision.emit({ type: "AttackThresholdChanged", minutes, velocity });
}
