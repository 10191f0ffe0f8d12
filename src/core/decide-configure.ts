/** The configuration of the repository: a good one comes into force, a bad one is said so and changes nothing. */
import type { Command } from "../model/command.ts";
import { configOf, fileOf } from "../state/config-in-force.ts";
import { reviseAllDuplicates } from "./decide-duplicates.ts";
import { partFromFile, yieldToFile } from "./decide-registry.ts";
import { rejudgeAll } from "./decide-rejudge.ts";
import type { Decision } from "./decision.ts";

export function decideConfiguration(
  decision: Decision,
  command: Extract<Command, { readonly type: "Configure" }>,
): void {
  const { configuration, rejectedConfiguration } = decision.state;
  if (command.config === null) {
    if (rejectedConfiguration?.sha === command.sha) return;
    decision.emit({ type: "ConfigurationRejected", sha: command.sha, problems: command.problems });
  } else if (configuration?.sha !== command.sha || rejectedConfiguration !== null) {
    const before = fileOf(decision.state, decision.context.config);
    decision.emit({
      type: "ConfigurationAccepted",
      sha: command.sha,
      config: command.config,
      isRecovery: rejectedConfiguration !== null,
    });
    partFromFile(decision, { before, after: command.config });
    yieldToFile(decision, { before, after: command.config });
    const after = decision.under({ ...decision.context, config: configOf(decision.state, command.config) });
    rejudgeAll(after);
    if (before.ready.duplicates !== command.config.ready.duplicates) reviseAllDuplicates(after);
  }
}
