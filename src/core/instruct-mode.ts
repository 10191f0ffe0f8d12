/** The slash commands `mode` and `attack`, and the answers where a switch is not all that there is to say. */
import { defaultConfig } from "../model/config.ts";
import type { Mode } from "../model/mode.ts";
import type { SlashCommand } from "../model/slash.ts";
import { thresholdMinutes } from "./attack-threshold.ts";
import type { Decision } from "./decision.ts";
import type { Reply } from "./instruction.ts";
import { hasQuickWin } from "./quick-wins.ts";
import { modeInForce } from "./rank-ready.ts";

type Place = Pick<Decision, "state" | "context">;

/** Attack mode lets us merge by ourselves: switching it on takes the right to merge, whatever `trust` says. */
export function startsAttack(instruction: SlashCommand): boolean {
  if (instruction.verb === "attack") return instruction.to === "on";
  return instruction.verb === "mode" && instruction.mode === "attack";
}

/**
 * Puts `mode` in force from the next decision on; null: the configuration's again. While a time rule is in force the choice
 * stands until that rule ends.
 */
export function changeMode(decision: Decision, mode: Mode | null, by: string): void {
  if (decision.state.mode !== mode) decision.emit({ type: "ModeChanged", mode, by });
}

/** What whoever has switched the mode should know of the one in force; null where a switch is all that there is to say. */
export function noteOnMode(place: Place): string | null {
  const mode = modeInForce(place.state, place.context);
  const sentences = [...(mode === "attack" ? describeTargets(place) : []), ...describeRule(place, mode)];
  return sentences.length === 0 ? null : sentences.join(" ");
}

/** What `/orchestrate mode` does and answers. */
export function switchMode(decision: Decision, mode: Mode, by: string): Reply {
  changeMode(decision, mode, by);
  return { kind: "done", answer: noteOnMode(decision) };
}

/** On, or back to what was before; an answer says where that changes nothing. */
export function switchAttack(decision: Decision, to: "on" | "off", by: string): Reply {
  const { state, context } = decision;
  const isOn = modeInForce(state, context) === "attack";
  if (to === "on") {
    if (!isOn) return switchMode(decision, "attack", by);
    const sentences = ["Attack mode is on already.", ...describeTargets(decision)];
    return { kind: "done", answer: sentences.join(" ") };
  }
  if (!isOn) return { kind: "done", answer: `Attack mode is not on: the mode is ${modeInForce(state, context)}.` };
  const before = state.attack?.before ?? null;
  if ((before ?? context.config.mode) !== "attack") {
    decision.emit({ type: "ModeChanged", mode: before, by });
    return { kind: "done", answer: noteOnMode(decision) };
  }
  decision.emit({ type: "ModeChanged", mode: defaultConfig.mode, by });
  const answer = `The configuration says \`mode: attack\`; ${defaultConfig.mode} is in force now, until another mode is asked for.`;
  return { kind: "done", answer };
}

/** What to do where there is nothing to attack; `[]` where there is. */
function describeTargets({ state, context }: Place): readonly string[] {
  if (hasQuickWin(state, context)) return [];
  const minutes = thresholdMinutes(state, context.config);
  const windowMinutes = Math.round(context.config.attack.momentum.within / 60_000);
  const ends = state.mode === "attack" ? ` It ends by itself when none has come within ${windowMinutes} minutes.` : "";
  return [
    `No task is a quick win now: label issues \`quick-win\`, or estimate them below ${minutes} minutes, and they go first.${ends}`,
  ];
}

function describeRule({ state, context }: Place, mode: Mode): readonly string[] {
  if (state.rule === null) return [];
  const after = state.rule.before ?? context.config.mode;
  return [`A rule of the schedule is in force: ${mode} counts until it ends, then ${after} is back.`];
}
