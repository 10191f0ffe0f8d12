/**
 * The GitHub Action: inputs in, one mode run, outputs, annotations and a summary out. Exit code 1 when the run failed or a
 * mistake needs a person, 0 otherwise, also when there was nothing to do.
 */
import * as core from "@actions/core";
import { parseInputs, type ActionInputs } from "./action/inputs.ts";
import { readRunner } from "./action/runner.ts";
import type { ActionOutcome } from "./action/outcome.ts";
import { toPlainLine } from "./views/markdown.ts";

/** An annotation shows little more. */
const messageMax = 2_000;
const partingMs = 2_000;
const tell = { error: core.error, warning: core.warning, notice: core.notice };

/** Runs the mode that the inputs ask for. Each mode is its own module, which knows nothing of the others. */
async function perform(inputs: ActionInputs): Promise<ActionOutcome> {
  const runner = readRunner(process.env, inputs);
  switch (inputs.mode) {
    case "cycle":
    case "event":
      return (await import("./action/cycle.ts")).runCycle(inputs, runner);
    case "start-agent":
    case "watch":
      return (await import("./action/job.ts")).runJob(inputs, runner);
    case "report":
      return (await import("./action/report.ts")).runReport(inputs, runner);
    case "plan":
      return (await import("./action/plan.ts")).runPlan(inputs);
    case "doctor":
      return (await import("./action/doctor.ts")).runDoctor(inputs, runner);
  }
}

async function main(): Promise<void> {
  const reading = parseInputs((name) => core.getInput(name));
  if (reading.kind === "invalid") {
    for (const mistake of reading.mistakes) core.error(mistake, { title: "Orchestrate: an input is not right" });
    process.exitCode = 1;
    return;
  }
  await publish(await perform(reading.inputs));
}

async function publish(outcome: ActionOutcome): Promise<void> {
  for (const [name, value] of Object.entries(outcome.outputs)) core.setOutput(name, value);
  for (const { level, message, ...place } of outcome.annotations) tell[level](toPlainLine(message, messageMax), place);
  if (outcome.summary !== "" && process.env["GITHUB_STEP_SUMMARY"])
    await core.summary.addRaw(outcome.summary, true).write();
  process.exitCode = outcome.annotations.some(({ level }) => level === "error") ? 1 : 0;
}

try {
  await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  core.error(toPlainLine(message, messageMax), { title: "Orchestrate failed" });
  process.exitCode = 1;
}
// What still waits (a connection that is kept alive, a timer) must not hold the machine, which costs by the minute.
setTimeout(() => process.exit(), partingMs).unref();
