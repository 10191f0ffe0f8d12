/** The first job of a workflow file, as far as it is played: its condition, its group, its permissions, and what its action gets. */

export interface JobDefinition {
  /** `if`, where there is one. */
  readonly condition: string | null;
  /** The concurrency group, with its expressions. */
  readonly group: string | null;
  /** What the token may do; undefined where neither job nor workflow says. */
  readonly permissions: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs: number;
  /** `with` of the step that uses the action; expressions as they are written. */
  readonly with: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

const hostedLimitMinutes = 360;

/** Reads the first job. A file without one has a job that does nothing. */
export function readJob(source: Json): JobDefinition {
  const job = Object.values(recordOf(source["jobs"])).find(isRecord) ?? {};
  const steps = Array.isArray(job["steps"]) ? job["steps"].filter(isRecord) : [];
  const action = steps.find((step) => typeof step["uses"] === "string" && /(?:^|\/)action(?:@|$)/.test(step["uses"]));
  const permissions = job["permissions"] ?? source["permissions"];
  return {
    condition: typeof job["if"] === "string" ? job["if"] : null,
    group: groupOf(job["concurrency"]) ?? groupOf(source["concurrency"]),
    permissions: isRecord(permissions) ? textsOf(permissions) : undefined,
    timeoutMs: Number(job["timeout-minutes"] ?? hostedLimitMinutes) * 60_000,
    with: textsOf(recordOf(action?.["with"])),
  };
}

function groupOf(concurrency: unknown): string | null {
  if (typeof concurrency === "string") return concurrency;
  const group = recordOf(concurrency)["group"];
  return typeof group === "string" ? group : null;
}

function textsOf(record: Json): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)]));
}

function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
