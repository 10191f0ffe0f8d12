/** What sets off a workflow: the filters of `on:` against an event, and the times of its schedule. */

/** An event of the repository, as the ground tells it: the payload of the webhook, without an App's envelope. */
export interface RepositoryEvent {
  /** `issues`, `pull_request`, … */
  readonly name: string;
  readonly action: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  /** A job's own token did it: GitHub starts no runs for that. */
  readonly isByJob: boolean;
  readonly actor: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Types that count where a trigger names none. */
const usualTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ["opened", "synchronize", "reopened"],
  pull_request_target: ["opened", "synchronize", "reopened"],
};

/** The name under which the event sets the workflow off; null when it does not. `on` is as the file has it. */
export function triggeredBy(on: unknown, event: RepositoryEvent): string | null {
  const names = event.name === "pull_request" ? ["pull_request_target", "pull_request"] : [event.name];
  return names.find((name) => has(on, name) && passes(name, filterOf(on, name), event)) ?? null;
}

function has(on: unknown, name: string): boolean {
  if (typeof on === "string") return on === name;
  if (Array.isArray(on)) return on.includes(name);
  return isRecord(on) && Object.hasOwn(on, name);
}

function filterOf(on: unknown, name: string): Json {
  const filter = isRecord(on) ? on[name] : undefined;
  return isRecord(filter) ? filter : {};
}

function passes(name: string, filter: Json, event: RepositoryEvent): boolean {
  const types = textsOf(filter["types"]) ?? usualTypes[name] ?? null;
  if (types !== null && !types.includes(event.action ?? "")) return false;
  if (name === "workflow_run") return isNamed(filter, event.payload);
  return name !== "push" || isPushed(filter, event.payload);
}

function isNamed(filter: Json, payload: Json): boolean {
  const { workflow } = payload;
  const workflows = textsOf(filter["workflows"]) ?? [];
  return isRecord(workflow) && workflows.includes(String(workflow["name"]));
}

/** Branches and paths, by their exact names: the workflow that is played here uses no patterns. */
function isPushed(filter: Json, payload: Json): boolean {
  const branches = textsOf(filter["branches"]);
  const branch = String(payload["ref"]).replace(/^refs\/heads\//, "");
  if (branches !== null && !branches.includes(branch)) return false;
  const paths = textsOf(filter["paths"]);
  const commits = Array.isArray(payload["commits"]) ? payload["commits"].filter(isRecord) : [];
  const changed = commits.flatMap((commit) =>
    ["added", "modified", "removed"].flatMap((key) => textsOf(commit[key]) ?? []),
  );
  return paths === null || changed.some((path) => paths.includes(path));
}

/** The cron lines of a workflow. */
export function schedulesOf(on: unknown): readonly string[] {
  const schedule = isRecord(on) ? on["schedule"] : undefined;
  if (!Array.isArray(schedule)) return [];
  return schedule.flatMap((each) => (isRecord(each) && typeof each["cron"] === "string" ? [each["cron"]] : []));
}

const minuteMs = 60_000;
const fieldRanges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;
/** Four years hold every date that there is. */
const minutesMax = 4 * 366 * 24 * 60;

/** The first instant after `after` that the cron line names, in UTC. Throws on what is no cron line. */
export function nextCronAt(cron: string, after: number): number {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== fieldRanges.length) throw new Error(`"${cron}" is not a cron line of five fields.`);
  const sets = fields.map((field, index) => numbersOf(field, fieldRanges[index] ?? [0, 0]));
  let at = Math.floor(after / minuteMs) * minuteMs + minuteMs;
  for (let minutes = 0; minutes < minutesMax; minutes += 1, at += minuteMs) {
    const date = new Date(at);
    const values = [
      date.getUTCMinutes(),
      date.getUTCHours(),
      date.getUTCDate(),
      date.getUTCMonth() + 1,
      date.getUTCDay(),
    ];
    if (values.every((value, index) => sets[index]?.has(value) === true)) return at;
  }
  throw new Error(`"${cron}" names no instant.`);
}

function numbersOf(field: string, [least, most]: readonly [number, number]): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const part of field.split(",")) {
    const { range = "", step = "1" } = /^(?<range>\*|\d+(?:-\d+)?)(?:\/(?<step>\d+))?$/.exec(part)?.groups ?? {};
    if (range === "") throw new Error(`"${part}" is not part of a cron line.`);
    const [from = least, to = part.includes("/") ? most : from] =
      range === "*" ? [least, most] : range.split("-").map(Number);
    for (let value = from; value <= to; value += Number(step)) numbers.add(value);
  }
  return numbers;
}

function textsOf(value: unknown): readonly string[] | null {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : null;
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
