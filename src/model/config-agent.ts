/** One agent of `.github/orchestrate.yml`: what it is, how it is started, and how far it may go. */
import { z } from "zod";
import { durationFrom } from "./config-duration.ts";
import { unitMs } from "./duration.ts";
import { foldLogin } from "./operator.ts";

export const vendorTypes = ["jules", "cursor", "bifrost"] as const;
/**
 * `workflow` is any workflow of the repository's own: its run is the session, and there is no vendor beside GitHub. `pull` is an agent that
 * nobody starts: it asks for work itself.
 */
export const agentTypes = [...vendorTypes, "workflow", "pull"] as const;
/** `none` is the way of the type `pull`, and of no other. */
export const dispatchWays = ["workflow", "api", "label", "none"] as const;
export type AgentType = (typeof agentTypes)[number];
export type VendorType = (typeof vendorTypes)[number];
export type DispatchWay = (typeof dispatchWays)[number];

export const agentIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Managed accounts have an underscore and the short name of their enterprise at the end. */
const operatorPattern = /^[a-z\d](?:[a-z\d_-]{0,37}[a-z\d])?$/i;

const Operators = z
  .array(z.string().regex(operatorPattern, "the login of a GitHub user, without @, such as octocat"))
  .min(1)
  .max(50)
  .superRefine((logins, context) => {
    const seen = new Set<string>();
    for (const [index, login] of logins.entries()) {
      if (seen.has(foldLogin(login)))
        context.addIssue({ code: "custom", message: "name each operator once", path: [index] });
      seen.add(foldLogin(login));
    }
  });

/** At 0 a session would be ended, or asked for, before it has begun. */
const Lasting = durationFrom("1s");

export const AgentConfig = z
  .strictObject({
    id: z.string().regex(agentIdPattern, "lower-case letters, digits and dashes, at most 40"),
    type: z.enum(agentTypes),
    capacity: z.number().int().min(1).max(1_000).default(1).describe("Sessions at once."),
    maxCapacity: z.number().int().min(1).max(1_000).optional().describe("How far scaling may raise the capacity."),
    operators: Operators.optional().describe(
      "GitHub logins of the people behind the agent: only for those who are available sessions are started.",
    ),
    perOperator: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(1)
      .describe("Sessions at once for each available operator."),
    dispatch: z.enum(dispatchWays).default("workflow"),
    capabilities: z.record(z.string(), z.number().min(0).max(1)).default({}),
    timeout: Lasting.default(45 * unitMs.m).describe("After this long the vendor is asked and the session cancelled."),
    watch: Lasting.default(60 * unitMs.m).describe(
      "How long a job of the agent workflow watches before it hands over.",
    ),
    cost: z.number().min(0).default(0).describe("US dollars a session, where the vendor does not report it."),
    quota: z.number().int().min(1).optional().describe("Sessions a day at this agent."),
    heartbeat: Lasting.optional().describe(
      "How long the agent may be silent, for agents that send heartbeats: after that the vendor is asked. 10m for the type pull, of which a person is asked.",
    ),
    label: z.string().min(1).max(50).optional().describe("The label that the vendor listens to (dispatch: label)."),
    model: z.string().min(1).max(100).optional(),
    command: z.string().min(1).max(1_000).optional().describe("bifrost: the program that the Sprite runs."),
    workflow: z
      .string()
      .regex(/^[\w.-]{1,100}\.ya?ml$/, "the name of a file in .github/workflows, such as my-agent.yml")
      .optional()
      .describe("workflow: the file in .github/workflows that is dispatched."),
  })
  .refine((agent) => agent.maxCapacity === undefined || agent.maxCapacity >= agent.capacity, {
    message: "maxCapacity must not be below capacity",
    path: ["maxCapacity"],
  })
  .refine((agent) => agent.type !== "workflow" || agent.workflow !== undefined, {
    message: "an agent of the type workflow needs the name of its file in .github/workflows",
    path: ["workflow"],
  })
  .refine((agent) => agent.type === "workflow" || agent.workflow === undefined, {
    message: "only an agent of the type workflow has a workflow of its own",
    path: ["workflow"],
  })
  .refine((agent) => agent.type !== "workflow" || agent.dispatch === "workflow", {
    message: "an agent of the type workflow is dispatched as one: leave dispatch out",
    path: ["dispatch"],
  })
  .refine((agent) => agent.type !== "pull" || agent.dispatch === "none", {
    message: "an agent of the type pull takes its work itself, and is started by nobody: leave dispatch out",
    path: ["dispatch"],
  })
  .refine((agent) => agent.type === "pull" || agent.dispatch !== "none", {
    message: "only an agent of the type pull is started by nobody: write workflow, api or label",
    path: ["dispatch"],
  });
export type AgentConfig = z.output<typeof AgentConfig>;

/** An entry of the file: what its type alone decides is filled in before it is judged. */
export const AgentEntry = z.preprocess(withDispatch, AgentConfig);

function withDispatch(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null || !("type" in entry) || entry.type !== "pull") return entry;
  const given = "dispatch" in entry ? entry.dispatch : undefined;
  return given === undefined || given === null ? { ...entry, dispatch: "none" } : entry;
}

/** It is given nothing, and started by nobody: it takes its work itself. */
export function takesItself({ type }: Pick<AgentConfig, "type">): boolean {
  return type === "pull";
}
