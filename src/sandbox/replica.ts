/** What the embedded GitHub hands to the program under test, and what it expects of it: the App's replicas and the jobs of its workflow. Types only. */
import type { VendorType } from "../model/config-agent.ts";
import type { Chance } from "../ports/chance.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import type { Delivery } from "./records.ts";

/** Everything that one running copy of the App gets. Its `fetch`, `clock` and `chance` are its own: they end with it. */
export interface ReplicaParts {
  /** Name of this running copy; a restart gets a new one, as a new process would. */
  readonly owner: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly journal: Journal;
  /** Base of the REST API, `https://github.test/api/v3`; GraphQL is at `…/api/graphql`. */
  readonly baseUrl: string;
  /** `owner/name` of the only repository. */
  readonly repository: string;
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Base URLs as the vendors' own clients expect them (`…/v1alpha` for Jules, bare hosts for Cursor and Sprites). */
  readonly vendorBaseUrls: Readonly<Record<VendorType, string>>;
  readonly vendorKeys: Readonly<Record<VendorType, string>>;
  /** The key of the embedded Linear and where it is; without, the copy holds none. */
  readonly linearKey?: string;
  readonly linearUrl?: string;
}

/** A running copy of the App. */
export interface Replica {
  /** Takes a webhook through the signature check. Resolves when it was accepted, rejects when it was not. */
  receive(delivery: Delivery): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a copy of the App; resolves when it can take webhooks. */
export type StartReplica = (parts: ReplicaParts) => Promise<Replica>;

/** A copy of the App that listens on a real port. */
export interface ListeningApp {
  /** Where webhooks are posted, `http://127.0.0.1:3000/api/github/webhooks`. */
  readonly webhookUrl: string;
  stop(): Promise<void>;
}

export type StartListeningApp = (parts: ReplicaParts) => Promise<ListeningApp>;

/** Everything that a job of the agent workflow gets on its machine. */
export interface JobParts {
  readonly fetch: Fetch;
  /** Aborted when the machine is taken away: at a cancel, at the job's time limit, and at the latest after its end. Nothing of the job goes on then. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly journal: Journal;
  /** The job's `GITHUB_TOKEN`. */
  readonly token: string;
  /** Base of the REST API, as for a replica. */
  readonly baseUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Database id of the workflow run. */
  readonly runId: string;
  readonly vendorBaseUrls: Readonly<Record<VendorType, string>>;
  readonly vendorKeys: Readonly<Record<VendorType, string>>;
  /** The environment as GitHub sets it, with the repository's vendor secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Told what a workflow of the repository's own is to do, when its run has the claim. */
  readonly claimed?: (work: {
    readonly issue: number;
    readonly worker: string;
    readonly attempt: number;
    readonly branch: string;
    readonly prompt: string;
  }) => void;
}

/** Plays a job of the agent workflow: the same code that runs in the real one. */
export type PlayJob = (parts: JobParts) => Promise<"success" | "failure">;

/** Everything that a run of the orchestration's own workflow gets on its machine. */
export interface RunParts extends Omit<JobParts, "env"> {
  /** Name of the event that set it off, and its payload. */
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** What the workflow file gives to the action, expressions as they are written. */
  readonly with: Readonly<Record<string, string>>;
}

/** Plays a run of the orchestration's own workflow: the same code that runs in the real one. */
export type PlayRun = (parts: RunParts) => Promise<"success" | "failure">;

/** What the last look gets: a job's token where there is no App. */
export interface AuditParts extends ReplicaParts {
  readonly token: string | null;
}
