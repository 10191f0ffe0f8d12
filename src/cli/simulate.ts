/** `orchestrate simulate`: what each mode would make of the open tasks, as `/orchestrate simulate` says it. Reads only. */
import { readState, withRepository } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { simulate, type Simulation } from "../insight/simulate.ts";
import type { Mode } from "../model/mode.ts";
import { readMode } from "../read-mode.ts";
import { toPlainPage } from "../views/plain-page.ts";
import { renderSimulation } from "../views/simulation.ts";

export interface SimulateOptions {
  /** Only this one, beside the mode in force. */
  readonly mode?: string;
  readonly json?: boolean;
}

/** Prints it and returns 0. Rejects with one sentence, also where Orchestrate has never run. */
export async function runSimulate(name: string | undefined, options: SimulateOptions): Promise<number> {
  const only = options.mode === undefined ? null : readMode(options.mode, "--mode ");
  return withRepository(name, async (target) => {
    const { state, context } = await readState(target);
    const found = choose(simulate(state, context), only);
    const { repository } = target;
    if (options.json === true) await printJson({ repository, ...toDocument(found) });
    else await print(`${repository}:\n${toPlainPage(renderSimulation({ ...found, only }))}`);
    return 0;
  });
}

/** All modes are played through either way: it is what is shown that is less. */
function choose(simulation: Simulation, only: Mode | null): Simulation {
  if (only === null) return simulation;
  const { comparison, mode: inForce } = simulation;
  const modes = comparison.modes.filter(({ mode }) => mode === only || mode === inForce);
  return { ...simulation, comparison: { ...comparison, modes } };
}

/** The keys are a contract. */
function toDocument({ mode, openCount, leftOut, hasWorkers, comparison }: Simulation) {
  return { mode, openCount, leftOut, hasWorkers, ...comparison };
}
