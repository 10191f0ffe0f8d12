/** What an agent at somebody's desk says of its session, for whoever asks once and goes away: that it is still at it, or that it has stopped. */
import { deskAgentOf, heartbeatPaceMs, isHeartbeatNews } from "../core/desk.ts";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import type { Command } from "../model/command.ts";
import type { CommandId, TaskId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import type { Task } from "../model/task.ts";
import type { AtHand } from "./at-hand.ts";

type Assigned = Task & { readonly assignment: NonNullable<Task["assignment"]> };

export interface DeskAsk {
  readonly task: TaskId;
  /** The agent, or one worker of it, that says so. */
  readonly target: string;
  /** Of which assignment; null: of the live one. */
  readonly fence: number | null;
}

/** The live session that is meant. A text: there is none, and why, as a sentence. */
export function sessionAtDesk({ state, context }: AtHand, { task: id, target, fence }: DeskAsk): Assigned | string {
  const task = state.tasks.get(id);
  if (task === undefined || task.assignment === null)
    return "It has no live session: stop, and claim it again where it is ready.";
  const { agent, worker, fence: live } = task.assignment;
  if (target !== agent && target !== worker) return `It is with ${worker}, and not with ${target}: stop.`;
  if (fence !== null && fence !== live)
    return `Its live session has fence ${live}, and this is of fence ${fence}: stop.`;
  if (deskAgentOf(task, context) !== null) return task as Assigned;
  return `${agent} does not take its work itself: Orchestrate asks how it is, and it needs no heartbeat from here.`;
}

/** The command that writes the heartbeat down; null where the last that was written is recent enough. */
export function toHeartbeat(
  { state, context }: { readonly state: State; readonly context: Context },
  task: Assigned,
  note: string | null,
): ((id: CommandId) => Command) | null {
  const live = state.tasks.get(task.id);
  const agent = live === undefined ? null : deskAgentOf(live, context);
  if (live === undefined || agent === null || !isHeartbeatNews(live, agent, context)) return null;
  const { fence } = task.assignment;
  return (id) => ({ type: "HearAgent", id, task: task.id, fence, note });
}

/** How long heartbeats need not come more often than. */
export function paceOf({ context }: AtHand, task: Task): number {
  const agent = deskAgentOf(task, context);
  return agent === null ? 0 : heartbeatPaceMs(agent, context.config);
}

/** It has stopped without a result: because it was told to, or by itself. */
export function toStopped(
  { id: task, assignment: { fence, cancelReason } }: Assigned,
  note: string | null,
): (id: CommandId) => Command {
  const nothing = { session: null, pullUrl: null, branch: null, question: null, costUsd: null };
  const reason = note ?? "The agent says that it has stopped.";
  const own = cancelReason === null ? ({ failure: "no_result" } as const) : {};
  const report: SessionReport = { ...nothing, state: "cancelled", reason, ...own };
  return (id) => ({ type: "ReportSession", id, task, fence, report });
}
