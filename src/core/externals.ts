/** Blockers that are not tasks of this stream: what was last seen of them. */
import type { External } from "../model/task.ts";
import type { Decision } from "./decision.ts";

/** Notes what an external blocker is now, when that is news. */
export function emitExternal(decision: Decision, external: External): void {
  const known = decision.state.externals.get(external.id);
  if (known?.state === external.state && known.reference === external.reference) return;
  decision.emit({ type: "ExternalObserved", external });
}
