/** Which task, attempt and worker a vendor's session is for: read from its prompt, as the world has nothing else to go by. */
import { vendorAccounts, vendorLogins } from "../model/vendors.ts";
import type { AgentConfig, AgentType } from "../model/config-agent.ts";
import type { VendorName } from "./vendor-store.ts";

export interface SessionIdentity {
  readonly agent: string;
  /** `<agent>/<n>`; `<agent>/?` where the prompt does not say. */
  readonly worker: string;
  readonly attempt: number;
  /** Null where the prompt does not say. */
  readonly fence: number | null;
  /** `gh:<repository>:<issue>`, where the prompt says. */
  readonly task: string | null;
  /** Number of the issue, from the branch prefix or the closing reference. */
  readonly number: number | null;
}

/** The agent type that each vendor serves. */
export const typeOfVendor: Readonly<Record<VendorName, AgentType>> = {
  jules: "jules",
  cursor: "cursor",
  sprites: "bifrost",
  actions: "workflow",
};

const markPattern = /task=(?<task>gh:[\w.:#/-]+)\s+attempt=(?<attempt>\d+)\s+fence=(?<fence>\d+)/;
const workerPattern = /worker\s*[=:]\s*`?(?<worker>[a-z0-9][a-z0-9-]*\/\d+)/i;
const branchPattern = /orchestrate\/(?<number>\d+)-/;
const closingPattern = /(?:fixes|closes|resolves)\s+#(?<number>\d+)/i;

function numberIn(prompt: string): number | null {
  const found = branchPattern.exec(prompt)?.groups ?? closingPattern.exec(prompt)?.groups;
  return found === undefined ? null : Number(found["number"]);
}

interface Prompt {
  readonly prompt: string;
  readonly vendor: VendorName;
  readonly agents: readonly AgentConfig[];
  /** Whom the session was for before, when this is a follow-up. */
  readonly before: SessionIdentity | null;
}

function readWorker({ prompt, vendor, agents, before }: Prompt): Pick<SessionIdentity, "agent" | "worker"> {
  const worker = workerPattern.exec(prompt)?.groups?.["worker"];
  if (worker !== undefined) return { agent: worker.slice(0, worker.lastIndexOf("/")), worker };
  if (before !== null) return { agent: before.agent, worker: before.worker };
  const type = typeOfVendor[vendor];
  const agent = agents.find((each) => each.type === type)?.id ?? type;
  return { agent, worker: `${agent}/?` };
}

function readMark({ prompt, before }: Prompt): Pick<SessionIdentity, "attempt" | "fence" | "task"> {
  const mark = markPattern.exec(prompt)?.groups;
  if (mark !== undefined) {
    return { attempt: Number(mark["attempt"]), fence: Number(mark["fence"]), task: mark["task"] ?? null };
  }
  if (before === null) return { attempt: 1, fence: null, task: null };
  return { attempt: before.attempt + 1, fence: before.fence, task: before.task };
}

/** Reads a prompt. A follow-up that says nothing of itself is for whom its session was. */
export function identify(prompt: Prompt): SessionIdentity {
  const number = numberIn(prompt.prompt) ?? prompt.before?.number ?? null;
  return { ...readWorker(prompt), ...readMark(prompt), number };
}

/** The account that opens a vendor's pull requests. */
export function accountOf(vendor: VendorName): { readonly login: string; readonly id: number | null } {
  const type = typeOfVendor[vendor];
  return { login: vendorLogins[type][0] ?? `${type}[bot]`, id: vendorAccounts[type][0] ?? null };
}
