/** Whether an issue says enough to be worked on: what of the configured definition of ready it lacks, and how people are told. */
import type { Config } from "../model/config.ts";
import type { TextFacts } from "../model/issue-text.ts";
import type { Lack, Task } from "../model/task.ts";

export interface Described {
  /** Null: nobody has read the text, so nothing is held against it. */
  readonly text: TextFacts | null;
  readonly isEstimated: boolean;
  /** Others do the work: nobody starts on it itself. */
  readonly isContainer: boolean;
}

type Rules = Config["ready"];

/** In the order in which people are told. */
const checks: readonly (readonly [lack: Lack, isMissing: (text: TextFacts, rules: Rules) => boolean])[] = [
  ["goal", (text, rules) => rules.goal && !text.hasGoal],
  ["criteria", (text, rules) => rules.criteria && text.criteria === 0],
  ["length", (text, rules) => text.characters < rules.minimumLength],
];

/** What is missing, always in the same order; `[]`: it is ready. */
export function findLacks({ text, isEstimated, isContainer }: Described, rules: Rules): readonly Lack[] {
  if (isContainer) return [];
  const inText = text === null ? [] : checks.filter(([, isMissing]) => isMissing(text, rules));
  return [...inText.map(([lack]) => lack), ...(rules.estimate && !isEstimated ? (["estimate"] as const) : [])];
}

const nothing: readonly Lack[] = [];

/** What of the definition of ready keeps it from being started: an estimate may come by a command, and a person may do without the rest. */
export function lacksOf({ definition, waived, estimateOverride }: Task): readonly Lack[] {
  const lacks = definition.lacks ?? nothing;
  if (lacks.length === 0 || waived === definition.hash) return nothing;
  return estimateOverride === null ? lacks : lacks.filter((lack) => lack !== "estimate");
}

const sentences: Readonly<Record<Lack, string>> = {
  goal: "a goal (a section or a line `Goal`, or a user story)",
  criteria: "acceptance criteria (a list below that heading, or a checklist)",
  length: "more text (`ready.minimumLength`)",
  estimate: "an estimate (a label such as `estimate:2h`)",
};

/** Said with the receipt: what is done stays done. */
export const doneWithoutCriteria =
  "It names no acceptance criteria, which `ready.criteria` asks for: nothing says against what it was checked.";

/** One sentence that names what is missing and where it is looked for. */
export function describeLacks(lacks: readonly Lack[]): string {
  const words = lacks.map((lack) => sentences[lack]);
  const last = words.at(-1) ?? "";
  const list = words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
  return `It does not meet the definition of ready: it lacks ${list}.`;
}
