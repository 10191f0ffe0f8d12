/**
 * The inputs of the Action: text from a workflow file, turned into one typed object for each mode, or into a sentence for each
 * mistake. Secrets are never repeated in a sentence.
 */
import { z } from "zod";
import { access, type Access } from "./access.ts";
import { alertReceiver } from "./alert-receiver.ts";
import { duration, field, quote, truth, url } from "./fields.ts";
import { isMode, modes, type Mode } from "../model/mode.ts";
import { nearest } from "../model/nearest.ts";
import type { Receiver } from "../webhook/address.ts";

export const actionModes = ["cycle", "event", "start-agent", "watch", "report", "plan", "doctor"] as const;
export type ActionMode = (typeof actionModes)[number];

export const reportKinds = ["complete", "fail", "heartbeat"] as const;

/** What a job says of the work that it was given. */
export type WorkReport = { readonly task: string; readonly worker: string } & (
  | {
      readonly kind: "complete";
      readonly durationMs: number | null;
      readonly costUsd: number | null;
      readonly isSuccess: boolean;
    }
  | { readonly kind: "fail"; readonly reason: string; readonly isRetriable: boolean }
  | { readonly kind: "heartbeat" }
);

export type ActionInputs =
  | (Access & {
      readonly mode: "cycle" | "event";
      readonly budgetMs: number;
      /** Where alerts are sent; missing: where the environment says. */
      readonly alertReceiver?: Receiver;
    })
  | (Access & {
      readonly mode: "start-agent" | "watch";
      readonly task: string;
      readonly agent: string;
      readonly attempt: string;
      readonly fence: string;
      /** The App's address; null: everything goes onto the state branch. */
      readonly url: string | null;
      readonly audience: string;
    })
  | (Access & {
      readonly mode: "report";
      readonly report: WorkReport;
      /** The App's address; null: the report goes onto the state branch. */
      readonly url: string | null;
      readonly audience: string;
      /** The number of the assignment, where the job knows it. */
      readonly fence: number | null;
    })
  | { readonly mode: "plan"; readonly file: string; readonly ranking: Mode | null }
  | (Access & { readonly mode: "doctor" });

export type InputsReading =
  | { readonly kind: "valid"; readonly inputs: ActionInputs }
  | { readonly kind: "invalid"; readonly mistakes: readonly string[] };

const connectedNames = ["token", "app-id", "private-key"] as const;
const jobNames = [...connectedNames, "task", "agent", "attempt", "fence", "url", "audience"] as const;
const alertNames = ["alert-webhook", "alert-secret"] as const;
const reportNames = "report task worker duration cost success reason retriable url audience fence".split(" ");

/** Which inputs each mode reads. */
export const inputsOf: Readonly<Record<ActionMode, readonly string[]>> = {
  cycle: [...connectedNames, "budget", ...alertNames],
  event: [...connectedNames, "budget", ...alertNames],
  "start-agent": jobNames,
  watch: jobNames,
  report: [...connectedNames, ...reportNames],
  plan: ["file", "ranking"],
  doctor: connectedNames,
};

/** These have a value in action.yml, so that they say nothing about what somebody wanted. */
const withDefault: ReadonlySet<string> = new Set(["mode", "token", "budget", "audience"]);
const allNames = [...new Set(Object.values(inputsOf).flat())];

/** Reads every input through `read`, which gives "" for one that is not set. Never throws. */
export function parseInputs(read: (name: string) => string): InputsReading {
  const mode = read("mode").trim();
  if (!isActionMode(mode)) return { kind: "invalid", mistakes: [describeMode(mode)] };
  const given = Object.fromEntries(
    allNames.flatMap((name) => {
      const text = read(name).trim();
      return text === "" ? [] : [[name, text]];
    }),
  );
  const known = inputsOf[mode];
  const strangers = Object.keys(given)
    .filter((name) => !known.includes(name) && !withDefault.has(name))
    .map((name) => `\`${name}\` means nothing to mode: ${mode}. Leave it out, or use a mode that reads it.`);
  const parsed = schemas[mode].safeParse(given);
  const mistakes = parsed.success ? [] : parsed.error.issues.map(({ message }) => message);
  if (parsed.success && strangers.length === 0)
    return { kind: "valid", inputs: { mode, ...parsed.data } as ActionInputs };
  return { kind: "invalid", mistakes: [...new Set([...mistakes, ...strangers])] };
}

function isActionMode(text: string): text is ActionMode {
  return (actionModes as readonly string[]).includes(text);
}

function describeMode(text: string): string {
  if (text === "") return `\`mode\` is missing. Write one of ${actionModes.join(", ")}.`;
  const near = nearest(text, actionModes);
  const hint = near === null ? "" : ` Did you mean ${near}?`;
  return `\`mode\` is ${quote(text)}, which is no mode.${hint} The modes are ${actionModes.join(", ")}.`;
}

const task = field({ name: "task", write: "the task's id, such as gh:123:456", pattern: /^gh:\d{1,20}:\d{1,20}$/ });
const agent = field({
  name: "agent",
  write: "the agent's id as .github/orchestrate.yml has it",
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
});
const worker = field({
  name: "worker",
  write: "the worker's id, such as jules/2",
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\/\d{1,4}$/,
});
const attempt = field({ name: "attempt", write: "the number of the attempt", pattern: /^\d{1,9}$/ });
const fence = field({ name: "fence", write: "the number of the assignment", pattern: /^\d{1,15}$/ });

/** A job is billed by the minute: what falls due within the first is done in it. Six hours is the longest job. */
const budgetMsMin = 10_000;
const budgetMsMax = 6 * 3_600_000;
/** How long a run may take, milliseconds. */
export const budget = duration("budget", "45s")
  .refine((ms) => ms >= budgetMsMin && ms <= budgetMsMax, "`budget` must be from 10s to 6h.")
  .default(45_000);

/** The same inputs read by several schemas, so that the mistakes of all of them are told at once. */
function together(...schemas: readonly z.ZodType<object>[]): z.ZodType<object> {
  return z.unknown().transform((given, context) => {
    const read = schemas.map((schema) => schema.safeParse(given));
    for (const { error } of read) {
      for (const { message } of error?.issues ?? []) context.addIssue({ code: "custom", message });
    }
    return Object.assign({}, ...read.map(({ data }) => data ?? {})) as object;
  });
}

const reportKind = field({ name: "report", write: reportKinds.join(", "), pattern: /^(?:complete|fail|heartbeat)$/ });

const cost = z
  .string()
  .refine((text) => /^\d{1,6}(?:\.\d{1,6})?$/.test(text), {
    error: (issue) => `\`cost\` is ${quote(String(issue.input))}. Write US dollars as a number, such as 1.25.`,
  })
  .transform(Number);

const audience = z.string().max(200).default("orchestrate");

const report = z
  .object({
    report: reportKind,
    task,
    worker,
    duration: duration("duration", "12m").optional(),
    cost: cost.optional(),
    success: truth("success", true),
    reason: z.string().optional(),
    retriable: truth("retriable", true),
    url: url.optional(),
    audience,
    fence: fence.optional(),
  })
  .transform((given) => ({
    report: toReport(given),
    url: given.url ?? null,
    audience: given.audience,
    fence: given.fence === undefined ? null : Number(given.fence),
  }));

/** Read by itself, because it is told together with the mistakes of the others. */
const failure = z
  .object({ report: z.unknown(), reason: z.string().optional(), url: z.string().optional() })
  .refine(({ report: kind, reason }) => kind !== "fail" || reason !== undefined, {
    error: "`reason` is missing. Write in a sentence what went wrong: report: fail needs it.",
  })
  .refine(({ report: kind, url: address }) => kind !== "heartbeat" || address !== undefined, {
    error: "`url` is missing. A heartbeat goes to the App: on the state branch each would be a commit.",
  })
  .transform(() => ({}));

interface GivenReport {
  readonly report: string;
  readonly task: string;
  readonly worker: string;
  readonly duration?: number | undefined;
  readonly cost?: number | undefined;
  readonly success: boolean;
  readonly reason?: string | undefined;
  readonly retriable: boolean;
}

function toReport(given: GivenReport): WorkReport {
  const { task: id, worker: by } = given;
  const who = { task: id, worker: by };
  if (given.report === "heartbeat") return { ...who, kind: "heartbeat" };
  if (given.report === "fail")
    return { ...who, kind: "fail", reason: given.reason ?? "", isRetriable: given.retriable };
  const { duration: durationMs = null, cost: costUsd = null, success: isSuccess } = given;
  return { ...who, kind: "complete", durationMs, costUsd, isSuccess };
}

const plan = z
  .object({
    file: z.string({ error: "`file` is missing. Write the path of a backlog, such as backlog.json." }),
    ranking: z
      .string()
      .refine(isMode, {
        error: (issue) => `\`ranking\` is ${quote(String(issue.input))}. The modes of ranking are ${modes.join(", ")}.`,
      })
      .optional(),
  })
  .transform(({ file, ranking }) => ({ file, ranking: (ranking as Mode | undefined) ?? null }));

const job = together(
  access,
  z
    .object({ task, agent, attempt, fence, url: url.optional(), audience })
    .transform((given) => ({ ...given, url: given.url ?? null })),
);
const round = together(
  access,
  z.object({ budget }).transform(({ budget: budgetMs }) => ({ budgetMs })),
  alertReceiver,
);

const schemas: Readonly<Record<ActionMode, z.ZodType<object>>> = {
  cycle: round,
  event: round,
  "start-agent": job,
  watch: job,
  report: together(access, report, failure),
  plan,
  doctor: access,
};
