/**
 * What matching looks at and what it answers with: one agent at a time, because the slots of one agent are alike; which slot of
 * it takes the task is the second step and not decided here.
 */
import type { AgentType } from "../model/config-agent.ts";
import type { AgentId, WorkerId } from "../model/ids.ts";
import type { RejectedCandidate } from "../model/task.ts";

/** One agent with the state of its slots. Counts are of slots. */
export interface AgentCandidate {
  readonly agent: AgentId;
  readonly type: AgentType;
  /** How well the agent does what it is named for, 0 to 1. An agent that names nothing can do anything. */
  readonly capabilities: Readonly<Record<string, number>>;
  readonly capacity: number;
  /** Slots that are taken. */
  readonly busy: number;
  /** Free slots that a person has switched off, and free slots that rest after failures. */
  readonly disabled: number;
  readonly resting: number;
  /** For want of operators no slot of it may be used, or not the one that is asked for. */
  readonly isUnattended?: boolean;
  /** Slots that could take a task now: capacity less all of the above. */
  readonly free: number;
  /** A slot that could take the task now, to name in reasons; null when there is none. */
  readonly firstFree: WorkerId | null;
  /** Why the whole agent takes nothing at the moment (a vendor outage, a spent limit); null when it does. */
  readonly paused: string | null;
  /** That is so because several vendors fail at once, and its own is none of them. */
  readonly isCascade?: boolean;
  /** Sessions that the agent may still start; null where there is no quota. */
  readonly quotaLeft: number | null;
  /** The cap on cost that another session of it would break: for this task, or for all today; null or missing where there is none. */
  readonly costCap?: "cap_cost_per_task" | "cap_cost_per_day" | null | undefined;
  /** Learned share of good attempts at this kind of task, 0 to 1; null where nothing is known yet. */
  readonly history: number | null;
  /** How close the task is to what the agent has just done (same blockers, same milestone), 0 to 1; null where nothing is known. */
  readonly cohesion: number | null;
  /** Until one of its taken slots is expected to be free, milliseconds; null where nobody can say. */
  readonly freeInMs: number | null;
  /** Tasks that wait for one of its slots already: each of them takes one before this task can. */
  readonly awaitedBy?: number;
  /** What matching keeps with it from one task to the next, so that a thousand tasks need not make it anew; see contender.ts. */
  memo?: object | undefined;
}

/** What the task asks of a worker. */
export interface Wish {
  /** Capabilities it needs; letter case does not count. */
  readonly needs: readonly string[];
  /** Capabilities that would be good to have: they raise the fit and exclude nobody. */
  readonly prefers: readonly string[];
  readonly pinnedAgent: string | null;
  /** The one slot it is for; its agent has `free` at 0 while that slot can take nothing. */
  readonly pinnedWorker: WorkerId | null;
  /** Agents that it never goes to. */
  readonly excludedAgents?: readonly string[];
  /** Agents that have failed at it and are passed over while there is another one. */
  readonly avoidedAgents: readonly string[];
  /** How long a session is expected to take, minutes. */
  readonly minutes: number;
  /** Urgent work takes whoever is free. */
  readonly isUrgent: boolean;
  /** How long it has waited for a better worker already, milliseconds. */
  readonly waitedMs: number;
  /** What its sessions have cost so far, US dollars; missing: nothing. */
  readonly costUsd?: number;
  /** Ready tasks, this one included. */
  readonly readyCount: number;
  /** An agent asks for it itself: those that take their work themselves are given nothing otherwise. */
  readonly isAskedFor?: true;
}

/** The numbers of the configuration (`matching`). */
export interface MatchingPolicy {
  readonly weights: {
    readonly capability: number;
    readonly load: number;
    readonly history: number;
    readonly cohesion: number;
  };
  /** The fit below which an idle worker is worth waiting past. */
  readonly bar: number;
  /** The longest a task waits for a better worker, milliseconds; 0 never waits. */
  readonly waitMax: number;
}

/** A type alias, because an interface is no record of numbers. */
export type FitParts = {
  readonly capability: number;
  readonly load: number;
  readonly history: number;
  readonly cohesion: number;
};

interface Passed {
  /** The best five that were passed over, by name. */
  readonly rejected: readonly RejectedCandidate[];
  /** Slots per reason code. */
  readonly rejectedCount: Readonly<Record<string, number>>;
}

export type Choice = Passed &
  (
    | {
        readonly kind: "assign";
        readonly agent: AgentId;
        /** .4/.3/.2/.1 over `parts`, 0 to 1: ranks the agents. */
        readonly score: number;
        /** The same without load: what the bar is for. */
        readonly fit: number;
        readonly parts: FitParts;
        /** Why this one, in words for people: `idle now is sooner than the better cursor in 22 min`. Null when nothing was weighed. */
        readonly note: string | null;
      }
    | {
        readonly kind: "wait";
        readonly agent: AgentId;
        readonly score: number;
        readonly forMs: number;
        readonly note: string;
      }
    | { readonly kind: "none" }
  );
