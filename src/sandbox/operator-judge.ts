/**
 * Judges starts by the people behind an agent, as their profiles show them: no more sessions at once than those look after who were there
 * a short while before. What runs when somebody leaves goes on.
 */
import type { AgentConfig } from "../model/config-agent.ts";
import type { TimelineEntry, UserStatusRecord } from "./records.ts";
import type { Violation } from "./report.ts";

/** GitHub is asked every ten minutes, and a start that was decided takes its time. */
const operatorGraceMs = 20 * 60_000;

export interface OperatorJudge {
  configure(agents: readonly AgentConfig[]): void;
  /** A status was set, `at` milliseconds after the start. */
  seeStatus(status: Pick<UserStatusRecord, "isBusy" | "at" | "expiresAt"> & { readonly login: string }): void;
  see(entry: TimelineEntry): void;
}

interface Absence {
  readonly from: number;
  readonly to: number;
}

class OperatorBench implements OperatorJudge {
  readonly #find: (violation: Violation) => void;
  /** When people were busy, by login in lower case. */
  readonly #absences = new Map<string, readonly Absence[]>();
  readonly #live = new Map<string, number>();
  #agents: readonly AgentConfig[] = [];

  constructor(find: (violation: Violation) => void) {
    this.#find = find;
  }

  configure(agents: readonly AgentConfig[]): void {
    this.#agents = agents;
  }

  seeStatus({ login, isBusy, at, expiresAt }: Parameters<OperatorJudge["seeStatus"]>[0]): void {
    const key = login.toLowerCase();
    const before = (this.#absences.get(key) ?? []).map(({ from, to }) => ({ from, to: Math.min(to, at) }));
    this.#absences.set(key, isBusy ? [...before, { from: at, to: expiresAt ?? Infinity }] : before);
  }

  see({ action, at, detail }: TimelineEntry): void {
    const agent = String(detail["agent"]);
    if (action === "session_ended") this.#live.set(agent, Math.max(0, (this.#live.get(agent) ?? 0) - 1));
    if (action !== "session_started") return;
    const live = (this.#live.get(agent) ?? 0) + 1;
    this.#live.set(agent, live);
    const config = this.#agents.find(({ id }) => id === agent);
    if (config?.operators === undefined) return;
    const there = config.operators.filter((login) => this.#wasThere(login, at)).length;
    if (live <= there * config.perOperator) return;
    const words = `${live} sessions with ${there} of ${config.operators.length} operators there`;
    this.#find({ rule: "agent_unattended", at, target: agent, detail: words });
  }

  /** Not busy all of the time that there was to hear of it. */
  #wasThere(login: string, at: number): boolean {
    const absences = this.#absences.get(login.toLowerCase()) ?? [];
    return !absences.some(({ from, to }) => from <= at - operatorGraceMs && to >= at);
  }
}

/** Tells `find` of what it sees that should not be. */
export function createOperatorJudge(find: (violation: Violation) => void): OperatorJudge {
  return new OperatorBench(find);
}
