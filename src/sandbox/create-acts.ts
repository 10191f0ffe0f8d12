/** Puts the acts together over one ground. */
import { installationBody, installationRepositoriesBody } from "./payload-code.ts";
import type { Acts } from "./world-acts.ts";
import { createCheckActs } from "./world-checks.ts";
import { createCommentActs } from "./world-comments.ts";
import { createEdgeActs } from "./world-edges.ts";
import { Ground } from "./world-ground.ts";
import type { GroundParts } from "./world-ground.ts";
import { createIssueActs } from "./world-issues.ts";
import { createLabelActs } from "./world-labels.ts";
import { createMergeActs } from "./world-merge.ts";
import { createPullActs } from "./world-pulls.ts";
import { createPushActs } from "./world-pushes.ts";
import { createQueueActs } from "./world-queue.ts";
import { createRunActs } from "./world-runs.ts";

/** All acts on one repository. */
export function createActs(parts: GroundParts): Acts {
  const ground = new Ground(parts);
  const labels = createLabelActs(ground);
  const edges = createEdgeActs(ground);
  const { closeBy, ...issues } = createIssueActs(ground, { ...labels, ...edges });
  const { afterPush, ...pushes } = createPushActs(ground, { ...issues, closeBy });
  const pulls = createPullActs(ground);
  const { mergeWaiting, mergeQueued, ...merges } = createMergeActs(ground, {
    issues: { ...issues, closeBy },
    pushes: { ...pushes, afterPush },
    pulls,
  });
  return {
    ...issues,
    ...labels,
    ...createCommentActs(ground),
    ...edges,
    ...pushes,
    ...pulls,
    ...merges,
    ...createQueueActs(ground, { merges: { mergeQueued }, pulls }),
    ...createCheckActs(ground, mergeWaiting),
    ...createRunActs(ground),
    onDelivery: (listener) => ground.onDelivery(listener),
    onTimeline: (listener) => ground.onTimeline(listener),
    onEvent: (listener) => ground.onEvent(listener),
    redeliver: (delivery) => ground.redeliver(delivery),
    installApp(by) {
      const { state } = ground;
      if (state.installation !== null) return { installation: state.installation.id };
      state.installation = { ...state.installationIdentity(), at: state.now() };
      const actor = { user: by, viaApp: null };
      ground.deliver("installation.created", actor, installationBody(state));
      ground.deliver("installation_repositories.added", actor, installationRepositoriesBody(state, actor));
      return { installation: state.installation.id };
    },
  };
}
