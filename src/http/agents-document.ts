/** What the routes about agents answer: the schema of it, and the document of one agent. */
import { z } from "zod";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import { agentsDocumentOf } from "../engine/agents-document.ts";
import { toLeavingViews } from "../engine/leaving-views.ts";
import { agentTypes, dispatchWays } from "../model/config-agent.ts";
import { agentStatuses, type AgentDocument as Document } from "../views/agents-document.ts";

const share = z.number().min(0).max(1);
const counted = z.number().int().min(0);
const until = z.strictObject({ until: z.string().nullable(), reason: z.string() }).nullable();

const outcomes = {
  completed: counted.describe("Tasks completed with its work."),
  failed: counted.describe("Attempts that failed."),
  successRate: share.nullable().describe("The completed among both; null without any."),
  meanMinutes: z.number().nullable().describe("Mean minutes of agent work of the completed tasks; null without any."),
};

const WorkerDocument = z.strictObject({
  id: z.string(),
  isEnabled: z.boolean(),
  task: z.string().nullable(),
  url: z.string().nullable(),
  rest: until,
  isOnTrial: z.boolean(),
  attempts: counted,
  failures: counted,
  success: share.nullable(),
});

/** One agent; the same document as that of `orchestrate agents --json`. */
export const AgentDocument = z.strictObject({
  id: z.string(),
  type: z.enum(agentTypes),
  dispatch: z.enum(dispatchWays),
  source: z.enum(["configuration", "http"]).describe("Whether the file names it, or it was registered since."),
  status: z.enum(agentStatuses),
  capabilities: z.record(z.string(), share),
  capacity: counted,
  busy: counted,
  off: counted,
  free: counted,
  utilisation: share,
  sessionsToday: counted,
  quota: z.number().int().nullable(),
  pause: until,
  performance: z.strictObject({
    overall: z.strictObject(outcomes).describe("Since the log began."),
    recent: z
      .strictObject({
        windowMinutes: z.number(),
        ...outcomes,
        sessions: counted.describe("Sessions that ended, however."),
        costUsd: z.number().min(0),
      })
      .describe("Of the last `windowMinutes`."),
  }),
  workers: z.array(WorkerDocument),
});

/** The agents that are no longer in force and still have sessions. */
const LeavingDocument = z.strictObject({
  id: z.string(),
  sessions: z.array(z.strictObject({ worker: z.string(), task: z.string(), url: z.string().nullable() })),
});
export type LeavingDocument = z.output<typeof LeavingDocument>;

export const AgentsDocument = z.strictObject({
  repository: z.string(),
  agents: z.array(AgentDocument),
  leaving: z.array(LeavingDocument),
});

/** An entry of `agents:`, whose fields docs/configuration.md describes. */
const Definition = z.looseObject({ id: z.string(), type: z.enum(agentTypes) });

export const OneAgentDocument = z.strictObject({
  repository: z.string(),
  agent: AgentDocument,
  definition: Definition,
});

/** How an agent stands after a change; null where it is gone by now. */
export const ChangedAgentDocument = z.strictObject({
  repository: z.string(),
  agent: AgentDocument.nullable(),
  definition: Definition.nullable(),
  note: z.string().nullable(),
});

export const RemovedAgentDocument = LeavingDocument.extend({ repository: z.string(), note: z.string().nullable() });

/** Null: there is no agent of that id. */
export function documentOf(state: State, context: Context, id: string): Document | null {
  return agentsDocumentOf(state, context).find((agent) => agent.id === id) ?? null;
}

/** The agents that were taken out while they had sessions, and those sessions. */
export function leavingOf(state: State, { config }: Context): readonly LeavingDocument[] {
  return toLeavingViews(state, config).map(({ id, sessions }) => {
    return { id, sessions: sessions.map(({ worker, reference, url }) => ({ worker, task: reference, url })) };
  });
}

/** The sessions that the agent has, those on their way included. */
export function sessionsOf(state: State, id: string): LeavingDocument {
  const sessions: LeavingDocument["sessions"] = [];
  for (const task of state.active.keys()) {
    const { assignment, definition } = state.tasks.get(task) ?? {};
    if (assignment?.agent !== id || definition === undefined) continue;
    sessions.push({ worker: assignment.worker, task: `#${definition.number}`, url: definition.url });
  }
  return { id, sessions: sessions.toSorted((one, other) => (one.worker < other.worker ? -1 : 1)) };
}
