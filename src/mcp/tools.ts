/** The tools that an agent has over MCP: what each is for, what goes in, and whether it changes anything. What they do is the command line's. */
import { z } from "zod";

/** What a tool answers: the same text and the same document that the command of its name prints. */
export interface ToolAnswer {
  readonly document: unknown;
  readonly page: string;
}

const task = z.string().min(1).max(100).describe("The number of its issue, such as 12, or its id, such as gh:123:456.");
const agent = z
  .string()
  .min(1)
  .max(60)
  .optional()
  .describe("The agent, or one of its workers, such as desk/2. Without: the one that this server was started for.");
const lines = z.array(z.string().min(1).max(500)).max(50);

interface Kind {
  readonly isReading?: true;
  /** Asked again, it changes nothing more. */
  readonly isRepeatable?: true;
  /** It ends something that nobody brings back by asking again. */
  readonly isEnding?: true;
}

interface Tool<Input extends z.ZodRawShape> extends Kind {
  readonly title: string;
  readonly description: string;
  readonly input: Input;
}

function tool<Input extends z.ZodRawShape>(entry: Tool<Input>): Tool<Input> {
  return entry;
}

/** By the name that clients call. */
export const tools = {
  status: tool({
    title: "Status",
    description: "What runs, what is next, what waits and for what, the mode, the caps and the warnings.",
    input: {},
    isReading: true,
  }),
  list_agents: tool({
    title: "List agents",
    description: "The agents with their workers, load, health and pauses.",
    input: {},
    isReading: true,
  }),
  next_tasks: tool({
    title: "Next tasks",
    description: "What would be started next, with whom and why. Nothing is taken by asking: claim_task does that.",
    input: {
      agent: agent.describe("Only what this agent, or this worker of one, could take."),
      count: z.int().min(1).max(100).optional().describe("At most so many; 10 unless said otherwise."),
    },
    isReading: true,
  }),
  explain_task: tool({
    title: "Explain a task",
    description: "Why a task runs where it runs, or everything that keeps it waiting.",
    input: { task },
    isReading: true,
  }),
  create_task: tool({
    title: "Create a task",
    description: "Opens an issue that is work, in the name of the person whose token it is.",
    input: {
      title: z.string().min(1).max(256),
      body: z.string().max(60_000).optional().describe("What is to be done, as Markdown."),
      priority: z.string().max(10).optional().describe("urgent, high, medium, low or none."),
      estimate: z.string().max(10).optional().describe("Such as 30m, 2h or 1d."),
      labels: lines.optional(),
      blockedBy: lines.optional().describe("The numbers of the issues that it waits for."),
    },
  }),
  prepare_task: tool({
    title: "Prepare a task",
    description: "Writes the goal and the acceptance criteria into an issue, so that an agent can be given it.",
    input: {
      task,
      goal: z.string().min(1).max(10_000).describe("What is to be done."),
      criteria: lines.min(1).describe("By what it is known to be done, one sentence each."),
      estimate: z.string().max(10).optional().describe("Such as 30m, 2h or 1d."),
      needs: lines.optional().describe("What whoever does it has to be good at."),
    },
    isRepeatable: true,
  }),
  claim_task: tool({
    title: "Claim a task",
    description:
      "Takes a task, or the best one that fits, and answers with everything that its agent is told: work on nothing without it. Of two that ask for the same task one gets it.",
    input: { task: task.optional().describe("Without: the best one that fits."), agent },
  }),
  heartbeat: tool({
    title: "Heartbeat",
    description:
      "Says that the agent is still at the task it has claimed, every minute or two; the answer says whether to go on. Where it says stop: stop, and send stopped.",
    input: {
      task,
      agent,
      note: z.string().max(500).optional().describe("A line for the log."),
      stopped: z.boolean().optional().describe("It has stopped, and goes on no more."),
    },
    isRepeatable: true,
  }),
  review_task: tool({
    title: "Ask for review",
    description:
      "The work is there to be looked at: finds its pull request, marks it as ready, and asks the reviewers.",
    input: {
      task,
      pull: z.int().min(1).optional().describe("Its number, where it is not found by itself."),
      reviewers: lines.optional().describe("Logins of who is asked to look."),
    },
    isRepeatable: true,
  }),
  complete_task: tool({
    title: "Complete a task",
    description: "A person says that a task is done without a merged pull request. Ask that person before.",
    input: { task },
    isEnding: true,
  }),
  fail_task: tool({
    title: "Fail a task",
    description: "The attempt has failed and cannot go on. Say why: the next attempt is told.",
    input: { task, reason: z.string().min(1).max(500) },
    isEnding: true,
  }),
  hand_off_task: tool({
    title: "Hand off a task",
    description: "Gives a task to another agent or worker, with its branch and pull request.",
    input: { task, to: z.string().min(1).max(60).describe("The agent, or one of its workers.") },
    isEnding: true,
  }),
} as const;

export type ToolName = keyof typeof tools;

export type ToolInput<Name extends ToolName> = z.output<z.ZodObject<(typeof tools)[Name]["input"]>>;

/** What each tool does. An act that rejects is told to the client in the words of its error. */
export type Acts = { readonly [Name in ToolName]: (input: ToolInput<Name>) => Promise<ToolAnswer> };
