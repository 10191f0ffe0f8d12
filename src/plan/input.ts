/** The input of a plan: a backlog as a person or a program wrote it, checked and turned into values. */
import { toAgentId, type AgentId } from "../model/ids.ts";
import { readLabels } from "../model/labels.ts";
import { modes, type Mode } from "../model/mode.ts";
import { nearest } from "../model/nearest.ts";
import { taskStatuses, type DependencyKind, type Priority, type TaskStatus } from "../model/task.ts";
import type { Weights } from "../ranking/rank.ts";
import { defaultEstimateScale, defaultMode, defaultWeights } from "./defaults.ts";
import {
  BacklogInvalid,
  between,
  type Fields,
  knownKeys,
  listOf,
  oneOf,
  optional,
  readFields,
  readId,
  readInstant,
  readPriority,
  readText,
  required,
  show,
  wholeBetween,
} from "./fields.ts";

export interface Backlog {
  readonly mode: Mode;
  readonly weights: Weights;
  /** Without it ageing does not count. */
  readonly now: number | null;
  readonly tasks: readonly BacklogTask[];
  readonly agents: readonly BacklogAgent[];
}

export interface BacklogTask {
  readonly id: string;
  readonly title: string;
  /** Whether it waits for others is not taken from here but from its blockers. */
  readonly status: TaskStatus;
  readonly priority: Priority;
  readonly estimateMinutes: number | null;
  readonly createdAt: number | null;
  /** Each blocker once. */
  readonly blockedBy: readonly BacklogEdge[];
  readonly wish: LabelWish;
}

export interface BacklogEdge {
  readonly on: string;
  readonly kind: DependencyKind;
}

/** What labels ask for beside priority and estimate. */
interface LabelWish {
  readonly quickWin: boolean;
  readonly isHeld: boolean;
  readonly needs: readonly string[];
  readonly prefers: readonly string[];
  readonly agent: string | null;
}

export interface BacklogAgent {
  readonly id: AgentId;
  readonly type: string;
  readonly capacity: number;
  /** How well it does what it is named for, 0 to 1. */
  readonly capabilities: Readonly<Record<string, number>>;
}

/** Ten years: sums over a million tasks stay exact. */
const minutesMax = 5_256_000;
const capacityMax = 100_000;
/** As in the configuration. */
const weightMax = 1_000;
/** Above this many ids a message does not look for the one that was meant. */
const guessedMax = 20_000;

const backlogKeys = knownKeys("mode", "weights", "now", "tasks", "agents");
const weightKeys = knownKeys("priority", "blocker", "effort");
const taskKeys = knownKeys("id", "title", "status", "priority", "estimateMinutes", "createdAt", "labels", "blockedBy");
const blockerKeys = knownKeys("id", "kind");
const agentKeys = knownKeys("id", "type", "capacity", "capabilities");

/**
 * Reads the value of a JSON text. Keys that mean nothing here are ignored. Throws BacklogInvalid with the place of the first
 * value that is out of range, of the wrong type, a second time there, or the id of a task that is not.
 */
export function readBacklog(value: unknown): Backlog {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BacklogInvalid(`${show(value)} is not a backlog: write {"tasks": [{"id": "a"}, ...]}`);
  const fields = readFields(value, backlogKeys);
  const backlog: Backlog = {
    mode: optional(fields, "mode", oneOf("mode", modes)) ?? defaultMode,
    weights: optional(fields, "weights", readWeights) ?? defaultWeights,
    now: optional(fields, "now", readInstant) ?? null,
    tasks: required(fields, "tasks", listOf(readTask)),
    agents: optional(fields, "agents", listOf(readAgent)) ?? [],
  };
  checkDistinct(backlog.agents, "agents");
  checkBlockers(backlog.tasks, fields);
  return backlog;
}

function readWeights(value: unknown): Weights {
  const fields = readFields(value, weightKeys);
  const weigh = (key: keyof Weights): number => optional(fields, key, between(0, weightMax)) ?? defaultWeights[key];
  const weights = { priority: weigh("priority"), blocker: weigh("blocker"), effort: weigh("effort") };
  if (weights.priority + weights.blocker + weights.effort === 0)
    throw new BacklogInvalid("all are 0; at least one must be above");
  return weights;
}

const readStatus = oneOf("status", taskStatuses);
const readMinutes = between(0, minutesMax, " (minutes)");
const readLabelList = listOf(readText);

function readTask(value: unknown): BacklogTask {
  const fields = readFields(value, taskKeys);
  const id = required(fields, "id", readId);
  const said = optional(fields, "labels", readSaid) ?? unlabelled;
  return {
    id,
    title: optional(fields, "title", readText) ?? "",
    status: optional(fields, "status", readStatus) ?? "pending",
    priority: optional(fields, "priority", readPriority) ?? said.priority,
    estimateMinutes: optional(fields, "estimateMinutes", readMinutes) ?? said.estimateMinutes,
    createdAt: optional(fields, "createdAt", readInstant) ?? null,
    blockedBy: optional(fields, "blockedBy", readBlockers) ?? [],
    wish: said.wish,
  };
}

type Said = Pick<BacklogTask, "priority" | "estimateMinutes" | "wish">;

function readSaid(value: unknown): Said {
  const said = readLabels(readLabelList(value), defaultEstimateScale);
  const { priority, estimateMinutes, quickWin, held, needs, prefers, agent } = said;
  return { priority: priority ?? 5, estimateMinutes, wish: { quickWin, isHeld: held, needs, prefers, agent } };
}

const unlabelled = readSaid([]);

const readKind = oneOf("kind of dependency", ["hard", "soft"]);
const readEdges = listOf(readEdge);

/** A blocker that is named twice counts once, and as hard where one of the two says so. */
function readBlockers(value: unknown): readonly BacklogEdge[] {
  const edges = readEdges(value);
  if (edges.length < 2) return edges;
  const kindOf = new Map<string, DependencyKind>();
  for (const { on, kind } of edges) kindOf.set(on, kindOf.get(on) === "hard" ? "hard" : kind);
  return kindOf.size === edges.length ? edges : Array.from(kindOf, ([on, kind]) => ({ on, kind }));
}

function readEdge(value: unknown): BacklogEdge {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { on: readId(value), kind: "hard" };
  const fields = readFields(value, blockerKeys);
  return { on: required(fields, "id", readId), kind: optional(fields, "kind", readKind) ?? "hard" };
}

function readAgent(value: unknown): BacklogAgent {
  const fields = readFields(value, agentKeys);
  return {
    id: toAgentId(required(fields, "id", readId)),
    type: required(fields, "type", readId),
    capacity: required(fields, "capacity", wholeBetween(1, capacityMax)),
    capabilities: optional(fields, "capabilities", readCapabilities) ?? {},
  };
}

/** A map of names to 0 to 1, or a list of names, which counts as 1 each. */
function readCapabilities(value: unknown): Readonly<Record<string, number>> {
  if (Array.isArray(value)) return Object.fromEntries(listOf(readId)(value).map((name) => [name, 1]));
  const fields = readFields(value, new Map());
  return Object.fromEntries(Object.keys(fields).map((name) => [name, required(fields, name, between(0, 1))]));
}

/** Throws when an id occurs twice; gives the ids. */
function checkDistinct(items: readonly { readonly id: string }[], list: string): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [index, { id }] of items.entries()) {
    if (ids.has(id)) {
      const first = items.findIndex((item) => item.id === id);
      throw new BacklogInvalid(`${show(id)} is the id of ${list}[${first}] already`, `${list}[${index}].id`);
    }
    ids.add(id);
  }
  return ids;
}

function checkBlockers(tasks: readonly BacklogTask[], fields: Fields): void {
  const ids = checkDistinct(tasks, "tasks");
  for (const [index, { blockedBy }] of tasks.entries()) {
    const unknown = blockedBy.find(({ on }) => !ids.has(on));
    if (unknown === undefined) continue;
    // In the raw list the number of an edge is the one that its author counts.
    const raw = (fields["tasks"] as readonly { readonly blockedBy: readonly unknown[] }[])[index];
    const place = raw?.blockedBy.findIndex((each) => readEdge(each).on === unknown.on) ?? 0;
    throw new BacklogInvalid(describeUnknown(unknown.on, ids), `tasks[${index}].blockedBy[${place}]`);
  }
}

function describeUnknown(id: string, ids: ReadonlySet<string>): string {
  const near = ids.size > guessedMax ? null : nearest(id, [...ids]);
  return `unknown task ${show(id)}${near === null ? "" : `; did you mean ${show(near)}?`}`;
}
