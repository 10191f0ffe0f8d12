/** `mode: doctor`: whether everything is in place, on the page of the run. Reads only. */
import type { ActionInputs } from "./inputs.ts";
import type { ActionOutcome } from "./outcome.ts";
import { connectionOf, type Runner } from "./runner.ts";
import { examine } from "../doctor/doctor.ts";
import { configurationPath } from "../github/configuration.ts";
import { renderDoctorSummary } from "../views/doctor-page.ts";

type DoctorInputs = Extract<ActionInputs, { readonly mode: "doctor" }>;

export async function runDoctor(inputs: DoctorInputs, runner: Runner): Promise<ActionOutcome> {
  const { repository, env } = runner;
  const findings = await examine({
    connection: connectionOf(runner, inputs),
    repository,
    env,
    surroundings: runner.surroundings,
  });
  const amount = (level: string): number => findings.filter((finding) => finding.level === level).length;
  return {
    outputs: {
      outcome: amount("error") > 0 ? "broken" : amount("warning") > 0 ? "usable" : "healthy",
      errors: amount("error"),
      warnings: amount("warning"),
    },
    annotations: findings.flatMap(({ level, subject, message, advice, line }) =>
      level === "ok"
        ? []
        : [
            {
              level,
              title: `Orchestrate doctor: ${subject}`,
              message: advice === "" ? message : `${message} ${advice}`,
              ...(line === undefined ? {} : { file: configurationPath, startLine: line }),
            },
          ],
    ),
    summary: renderDoctorSummary(findings),
  };
}
