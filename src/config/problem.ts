/** One thing that is wrong in the configuration file, and where. */

export interface ConfigProblem {
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
  /** `agents[0].capacity`; empty for the file as a whole. */
  readonly path: string;
  /** A sentence part that says what is wrong and what to write instead. */
  readonly message: string;
}

export type PathPart = string | number;

const plainKeyPattern = /^[\w-]{1,60}$/;

/** `["agents", 0, "capacity"]` as `agents[0].capacity`; unusual keys are quoted in brackets. */
export function renderPath(path: readonly PathPart[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (!plainKeyPattern.test(part)) text += `[${JSON.stringify(part.slice(0, 60))}]`;
    else text += text === "" ? part : `.${part}`;
  }
  return text;
}

/** One line of plain text: `line 4: agents[0].capacity is -1: write a whole number from 1 to 1000`. */
export function renderProblem(problem: ConfigProblem): string {
  const subject = problem.path === "" ? "" : `${problem.path} `;
  return `line ${problem.line}: ${subject}${problem.message}`;
}
