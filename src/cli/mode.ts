/** `orchestrate mode`: the mode in force and why, or another one, as POST /orchestrator/mode and `/orchestrate mode` switch it. */
import { demandWriter } from "./actor.ts";
import { neverRun, readState, withRepository, type Target } from "./reach.ts";
import type { Answer } from "./answer.ts";
import { noteOnMode } from "../core/instruct-mode.ts";
import { modeInForce } from "../core/rank-ready.ts";
import type { AtHand } from "../engine/at-hand.ts";
import type { Command } from "../model/command.ts";
import type { CommandId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import { readMode } from "../read-mode.ts";
import { UsageError } from "../usage-error.ts";
import { renderModePage, type ModeCause, type ModeView } from "../views/mode-page.ts";
import { wireOrder } from "../wire.ts";

export interface ModeOptions {
  readonly repository?: string;
  /** Back to the mode of the configuration. */
  readonly reset?: boolean;
}

/** What is in force then. Rejects with one sentence, also for somebody who may not switch. */
export async function switchOrShow(wanted: string | undefined, options: ModeOptions): Promise<Answer> {
  if (wanted !== undefined && options.reset === true)
    throw new UsageError("Say a mode, or --reset for the one of the configuration; not both.");
  const mode = wanted === undefined ? null : readMode(wanted, "");
  const isSwitch = mode !== null || options.reset === true;
  return withRepository(options.repository, async (target) => {
    const found = isSwitch ? await switchMode(target, mode) : { ...(await readState(target)), isChanged: null };
    const view = toModeView(target.repository, found);
    return { document: view, page: renderModePage(view) };
  });
}

/** Who asks is found out before anything is written. */
async function switchMode(target: Target, mode: Mode | null): Promise<AtHand & { readonly isChanged: boolean }> {
  await readState(target);
  const { login: by } = await demandWriter(target, "switch the mode of");
  const toCommand = (id: CommandId): Command => ({ type: "SwitchMode", id, mode, by });
  const told = (await wireOrder(target.surroundings, { ...target, toCommand })) ?? neverRun(target);
  return { ...told, isChanged: told.events.length > 0 };
}

/** What there is to say of the mode; `isChanged` is null where nobody asked for a switch. */
export function toModeView(
  repository: string,
  { state, context, isChanged }: AtHand & { readonly isChanged: boolean | null },
): ModeView {
  return {
    repository,
    mode: modeInForce(state, context),
    setBy: state.modeBy,
    cause: causeOf(state),
    configured: context.config.mode,
    note: noteOnMode({ state, context }),
    isChanged,
  };
}

function causeOf({ mode, modeBy }: AtHand["state"]): ModeCause {
  if (mode === null) return "configuration";
  if (modeBy === "schedule") return "rule";
  return modeBy === "orchestrate" ? "attack" : "command";
}
