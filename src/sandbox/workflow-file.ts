/** Workflow files of the default branch, read as far as the API shows them: name, triggers, inputs, run name; and as a whole for whoever plays them. */
import { parse } from "yaml";
import type { WorkflowRecord } from "./records.ts";

export type WorkflowFile = Pick<WorkflowRecord, "name" | "runName" | "events" | "inputs" | "source">;

/** Whether a path is that of a workflow. */
export function isWorkflowPath(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path);
}

/** Reads a workflow; a file that is not one has its path for a name and no triggers, as on GitHub. */
export function parseWorkflow(path: string, text: string): WorkflowFile {
  const file = parseYaml(text);
  const on = file?.["on"];
  const name = file?.["name"];
  const runName = file?.["run-name"];
  return {
    name: typeof name === "string" ? name : path,
    runName: typeof runName === "string" ? runName : null,
    events: eventsOf(on),
    inputs: inputsOf(on),
    source: file ?? {},
  };
}

/** A `run-name` with its inputs put in; what else it names stays empty. */
export function renderRunName(runName: string, inputs: Readonly<Record<string, string>>): string {
  return runName.replace(
    /\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*\}\}/g,
    (_whole, key: string) => inputs[key] ?? "",
  );
}

function parseYaml(text: string): Readonly<Record<string, unknown>> | null {
  let file: unknown;
  try {
    file = parse(text);
  } catch {
    // GitHub, too, lists a broken workflow under its path and runs nothing of it.
    return null;
  }
  return isRecord(file) ? file : null;
}

function eventsOf(on: unknown): readonly string[] {
  if (typeof on === "string") return [on];
  if (Array.isArray(on)) return on.filter((event) => typeof event === "string");
  return isRecord(on) ? Object.keys(on) : [];
}

function inputsOf(on: unknown): WorkflowRecord["inputs"] {
  const dispatch = isRecord(on) ? on["workflow_dispatch"] : undefined;
  const inputs = isRecord(dispatch) ? dispatch["inputs"] : undefined;
  if (!isRecord(inputs)) return {};
  return Object.fromEntries(
    Object.entries(inputs).map(([key, input]) => {
      const { required, default: fallback } = isRecord(input) ? input : {};
      const isText = typeof fallback === "string" || typeof fallback === "number" || typeof fallback === "boolean";
      return [key, { isRequired: required === true, fallback: isText ? String(fallback) : null }];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
