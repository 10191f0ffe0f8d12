/** How an act on an issue or pull request is made known: it is touched, and the App hears of it. */
import { issuePayload } from "./payload.ts";
import type { IssueExtras } from "./payload.ts";
import type { IssueRecord } from "./records.ts";
import type { Actor } from "./world-acts.ts";
import type { Ground } from "./world-ground.ts";

/** Webhook and touch of an act on one issue. */
export function announce(
  ground: Ground,
  actor: Actor,
  what: { issue: IssueRecord; action: string; extras?: IssueExtras },
): void {
  ground.touch(what.issue);
  const { name, body } = issuePayload(ground.state, what.issue, { action: what.action, ...what.extras });
  ground.deliver(name, actor, body);
}
