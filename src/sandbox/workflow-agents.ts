/**
 * Agents that are workflows of the repository's own: the run is the session, GitHub Actions is the vendor, and the same script plays
 * them. What the first step is handed is all they know.
 */
import type { JobParts } from "./replica.ts";
import { isEnded, type VendorScript, type VendorSession, type VendorStore } from "./vendor-store.ts";

export type Handed = Parameters<NonNullable<JobParts["claimed"]>>[0];

type Conclusion = "success" | "failure" | "timed_out" | "cancelled";

export interface WorkflowAgents {
  /** Works on what the run was handed, to its end. */
  perform(run: number, handed: Handed): Promise<Conclusion>;
  /** Somebody cancels the run. */
  cancel(run: number): void;
}

export function createWorkflowAgents({
  store,
  script,
}: {
  readonly store: VendorStore;
  readonly script: VendorScript;
}): WorkflowAgents {
  const live = new Map<number, VendorSession>();

  async function perform(run: number, { prompt, branch }: Handed): Promise<Conclusion> {
    const startingBranch = branch.endsWith("-") ? "main" : branch;
    const start = { vendor: "actions", prompt, startingBranch, isFollowUp: false } as const;
    // What would be a refused start at a vendor is a step that fails before there is any work.
    if (script.admit(start) !== "accepted") return "failure";
    const session = store.begin({ ...start, id: String(run), title: `run ${run}` });
    live.set(run, session);
    script.started(session);
    await store.ended(session);
    live.delete(run);
    if (session.state === "succeeded") return "success";
    if (session.state === "cancelled") return "cancelled";
    return session.reason?.includes("time limit") === true ? "timed_out" : "failure";
  }

  return {
    perform,
    cancel(run) {
      const session = live.get(run);
      if (session === undefined || isEnded(session.state)) return;
      store.move(session, { state: "cancelled" });
      script.cancelled(session);
    },
  };
}
