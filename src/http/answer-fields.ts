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
