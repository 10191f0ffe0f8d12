/** Which of the ready tasks one agent, or one worker of it, could take, whoever else could; best first, as the mode in force ranks them. */
import { chooseAgent } from "../matching/choose-agent.ts";
import type { Choice } from "../matching/fit.ts";
import { slotOf, type AgentId, type WorkerId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { Able } from "./able.ts";
import type { Context } from "../model/context.ts";
import { Pool } from "./pool.ts";
import { readyInOrder, type RankedTask } from "./rank-ready.ts";
import { isFree, untouched } from "../state/slots.ts";
import type { State } from "../state/state.ts";
import { startReasons, type WaitingReason } from "./waiting.ts";
import { policyOf, wishOf } from "./wish.ts";

export interface Taker {
  readonly agent: AgentId;
  /** Null: any worker of the agent. */
  readonly worker: WorkerId | null;
}

export interface Takeable {
  readonly task: Task;
  readonly entry: RankedTask;
  /** From 1, among all ready tasks. */
  readonly rank: number;
  /** The worker that would take it now; null where something keeps it from that. */
  readonly worker: WorkerId | null;
  /** How well the agent suits, 0 to 1, and what was weighed beside it; null where it cannot take it now. */
  readonly match: number | null;
  readonly note: string | null;
  /** What keeps it from being taken now. */
  readonly waiting: readonly WaitingReason[];
}

/** How far down the queue it is worth looking. */
const lookedMax = 10_000;

/** At most `max`; not those that it may not take or cannot do. None of them is promised to it: others are matched as well. */
export function couldTake(
  state: State,
  context: Context,
  { taker, max }: { readonly taker: Taker; readonly max: number },
): readonly Takeable[] {
  const found: Takeable[] = [];
  for (const { standing, ...place } of takeables(state, context, taker)) {
    const { worker, choice, waiting } = standing;
    const match = worker === null ? null : (choice?.score ?? null);
    found.push({ ...place, worker, match, note: worker === null ? null : (choice?.note ?? null), waiting });
    if (found.length >= max) break;
  }
  return found;
}

/** How a task stands to one agent. */
interface Standing {
  /** The worker that would take it now; null where something keeps it from that. */
  readonly worker: WorkerId | null;
  /** Null where nothing was matched, or nobody could take it. */
  readonly choice: (Choice & { readonly kind: "assign" }) | null;
  readonly waiting: readonly WaitingReason[];
}

/** The ready tasks that it may take and can do, best first, each with how it stands to it now. */
export function* takeables(
  state: State,
  context: Context,
  taker: Taker,
): Iterable<Pick<Takeable, "task" | "entry" | "rank"> & { readonly standing: Standing }> {
  const ground = openGround(state, context, taker);
  let rank = 0;
  for (const entry of readyInOrder(state, context)) {
    if (rank >= lookedMax) return;
    rank += 1;
    const task = state.tasks.at(entry.number);
    if (task !== undefined && mayEver(ground, task)) yield { task, entry, rank, standing: standingOf(ground, task) };
  }
}

/** How one ready task stands to it. */
export function standingFor(
  state: State,
  context: Context,
  { taker, task }: { readonly taker: Taker; readonly task: Task },
): Standing {
  return standingOf(openGround(state, context, taker), task);
}

interface Ground {
  readonly state: State;
  readonly context: Context;
  readonly taker: Taker;
  readonly pool: Pool;
  readonly able: Able;
}

function openGround(state: State, context: Context, taker: Taker): Ground {
  return { state, context, taker, pool: new Pool(state, context), able: new Able(context.config) };
}

function mayEver({ state, context, taker, able }: Ground, task: Task): boolean {
  const wish = wishOf(state, task, context);
  const isOther = taker.worker !== null && wish.pinnedWorker !== null && wish.pinnedWorker !== taker.worker;
  return !isOther && able.for(wish).agents.some(({ config }) => config.id === taker.agent);
}

function standingOf(ground: Ground, task: Task): Standing {
  const { state, context, taker, pool } = ground;
  const held = startReasons(state, task, context);
  if (held.length > 0) return waits(held);
  const own = pool.candidatesFor(task).filter(({ agent }) => agent === taker.agent);
  const wish = { ...wishOf(state, task, context), isAskedFor: true as const };
  const choice = chooseAgent(wish, own, policyOf(state, task, context));
  if (choice.kind !== "assign") return waits(Object.keys(choice.rejectedCount).map((code) => ({ code, detail: "" })));
  const { pinnedWorker } = wish;
  if (taker.worker !== null && pinnedWorker !== null && pinnedWorker !== taker.worker)
    return waits([{ code: "not_pinned", detail: "" }]);
  const code = taker.worker === null ? null : rejectionOf(ground, taker.worker);
  if (code !== null) return waits([{ code, detail: "" }]);
  const worker = taker.worker ?? pool.slotFor(taker.agent, task, task.assignTo?.worker ?? null);
  return { worker, choice, waiting: [] };
}

function waits(waiting: readonly WaitingReason[]): Standing {
  return { worker: null, choice: null, waiting };
}

/** Why this worker takes nothing although its agent does; null where it does. */
function rejectionOf({ state, taker: { agent } }: Ground, worker: WorkerId): string | null {
  if (state.occupied.has(worker)) return "at_capacity";
  if (state.disabledWorkers.has(worker)) return "disabled";
  return isFree(state.slots.get(agent) ?? untouched, slotOf(worker)) ? null : "resting";
}
