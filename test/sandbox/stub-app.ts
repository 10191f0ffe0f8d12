/** A tiny App that starts one session an issue over the vendors' API when its blockers are closed. It trusts webhooks alone. */
import type { Delivery } from "../../src/sandbox/records.ts";
import type { Replica, ReplicaParts } from "../../src/sandbox/replica.ts";

interface Known {
  readonly id: number;
  readonly blockers: Set<number>;
  isOpen: boolean;
  isSelected: boolean;
  isStarted: boolean;
}

interface Payload {
  readonly action?: string;
  readonly issue?: { number: number; id: number; state: string; labels: { name: string }[]; pull_request?: unknown };
  readonly blocked_issue?: { number: number };
  readonly blocking_issue?: { number: number };
}

export interface StubOptions {
  /** Ignores blockers, so that the judge has something to find. */
  readonly eager?: boolean;
  /** Starts nothing, so that only what people do changes anything. */
  readonly idle?: boolean;
}

/** Starts the stub. */
export async function startStub(parts: ReplicaParts, options: StubOptions = {}): Promise<Replica> {
  const issues = new Map<number, Known>();
  let slot = 0;

  function know(number: number, id: number): Known {
    const known = issues.get(number) ?? { id, blockers: new Set(), isOpen: true, isSelected: false, isStarted: false };
    issues.set(number, known);
    return known;
  }

  async function start(number: number, issue: Known): Promise<void> {
    issue.isStarted = true;
    slot += 1;
    const mark = `orchestrate:task=gh:1:${issue.id} attempt=1 fence=${slot}`;
    const prompt = `Issue #${number}\n\nWorker: \`jules/${slot}\`. Attempt 1.\n\nFixes #${number}\n<!-- ${mark} -->`;
    await parts.fetch(`${parts.vendorBaseUrls.jules}/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-goog-api-key": parts.vendorKeys.jules },
      body: JSON.stringify({
        prompt,
        title: mark,
        automationMode: "AUTO_CREATE_PR",
        sourceContext: {
          source: `sources/github/${parts.repository}`,
          githubRepoContext: { startingBranch: "main" },
        },
      }),
    });
  }

  async function startReady(): Promise<void> {
    if (options.idle === true) return;
    for (const [number, issue] of issues) {
      const isFree = options.eager === true || [...issue.blockers].every((on) => issues.get(on)?.isOpen === false);
      if (issue.isOpen && issue.isSelected && !issue.isStarted && isFree) await start(number, issue);
    }
  }

  function cycle(): void {
    parts.clock.after(30_000, "cycle", () => {
      void startReady();
      cycle();
    });
  }

  cycle();
  return {
    async receive(delivery: Delivery) {
      const payload = JSON.parse(delivery.body) as Payload;
      const { issue } = payload;
      if (delivery.event === "issues" && issue !== undefined) {
        const known = know(issue.number, issue.id);
        known.isOpen = issue.state === "open";
        known.isSelected = issue.labels.some((label) => label.name === "orchestrate");
      }
      if (payload.action === "blocked_by_added" && payload.blocked_issue && payload.blocking_issue) {
        issues.get(payload.blocked_issue.number)?.blockers.add(payload.blocking_issue.number);
      }
    },
    async stop() {
      issues.clear();
    },
  };
}
