/** The schemas of what several routes answer, for the description that programs read. */
import { z } from "zod";
import { modes } from "../model/mode.ts";
import { taskStatuses } from "../model/task.ts";
import { agentTypes } from "../model/config-agent.ts";

/** The pattern that zod would add says no more than the format. */
export const instant = z.string().meta({ format: "date-time" });
export const anyMode = z.enum(modes);
export const anyStatus = z.enum(taskStatuses);
export const anyAgentType = z.enum(agentTypes);
/** Numbers by their names, which are the algorithm's own. */
export const namedNumbers = z.record(z.string(), z.number());
/** From 1 on: fences, attempts, ranks, versions of entries. */
export const counted = z.int().min(1);
export const count = z.int().min(0);
/** What stands in the log, as it stands there. docs/architecture.md says what types there are. */
export const loggedEvent = z.looseObject({ type: z.string() });

/** Why a task waits: each reason with its code. */
export const waitingAnswer = z.array(z.object({ code: z.string(), detail: z.string(), text: z.string() }));
/** What a task depends on. */
export const blockersAnswer = z.array(
  z.object({
    reference: z.string(),
    url: z.string().nullable(),
    title: z.string().nullable(),
    state: z.string(),
    kind: z.enum(["hard", "soft"]),
    isOpen: z.boolean(),
  }),
);
/** Who has a task. */
export const assignmentAnswer = z.object({
  agent: z.string(),
  worker: z.string(),
  attempt: counted,
  phase: z.enum(["claimed", "dispatched", "running", "waiting", "ending"]),
  assignedAt: instant,
  startedAt: instant.nullable(),
  expectedMinutes: z.number(),
  isAgentRemoved: z.boolean().describe("Its agent is no longer in force; the session is looked after to its end."),
  session: z.string().nullable(),
});
const healthPart = z.object({ share: z.number().min(0).max(1), good: count, of: count });
/** How well the whole is, with the shares that this is made of. */
export const systemHealth = z.object({
  value: z.number().min(0).max(1),
  parts: z.object({ workers: healthPart, attempts: healthPart, tasks: healthPart, queue: healthPart }),
});
/** What is to be known of an answer; null where there is nothing. */
export const noteAnswer = z.string().nullable();
