/** Slash commands that are about everything: mode and attack mode, pause, emergency stop and resume, enabling and disabling workers. */
import type { SlashCommand } from "../model/slash.ts";
import { resumeCascade } from "./decide-health.ts";
import { requestCancel } from "./decide-outcome.ts";
import { disable, enable } from "./decide-registry.ts";
import type { Decision } from "./decision.ts";
import { switchAttack, switchMode } from "./instruct-mode.ts";
import { done, refused, unknownTarget, workersNamed, type Instruct, type Reply } from "./instruction.ts";

/** Null when the command is not one of these. */
export function instructWhole(decision: Decision, command: Instruct, instruction: SlashCommand): Reply | null {
  const by = command.by.login;
  switch (instruction.verb) {
    case "mode":
      return switchMode(decision, instruction.mode, by);
    case "attack":
      return switchAttack(decision, instruction.to, by);
    case "pause":
      if (!decision.state.isPaused) decision.emit({ type: "OrchestrationPaused", by });
      return done;
    case "stop":
      stopEverything(decision, by);
      return done;
    case "resume":
      if (instruction.number !== null) return null;
      if (decision.state.isPaused) decision.emit({ type: "OrchestrationResumed", by });
      resumeCascade(decision, by);
      return done;
    case "enable":
    case "disable":
      return switchWorkers(decision, instruction, by);
    default:
      return null;
  }
}

/** Nothing new starts, and every session is asked to end; it is no failure of theirs, and they go on after `resume`. */
function stopEverything(decision: Decision, by: string): void {
  if (!decision.state.isPaused) decision.emit({ type: "OrchestrationPaused", by });
  const live = [...decision.state.occupied.entries()].map(([, task]) => task).toSorted();
  for (const task of live) requestCancel(decision, task, { reason: "stopped", by });
}

function switchWorkers(
  decision: Decision,
  instruction: SlashCommand & { readonly verb: "enable" | "disable" },
  by: string,
): Reply {
  const workers = workersNamed(decision.state, decision.context, instruction.worker);
  if (workers.length === 0) return refused(unknownTarget(decision.context, instruction.worker));
  const turn = instruction.verb === "enable" ? enable : disable;
  turn(decision, instruction.worker, by);
  return done;
}
