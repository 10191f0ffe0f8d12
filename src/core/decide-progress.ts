/** Every `metrics.summary`, where `alerts.notify.progress` asks for it and something has happened: how far the work is. */
import { queueDepthOf } from "./queue-depth.ts";
import type { Decision } from "./decision.ts";

/** What happens in a quiet time is told at the end of the period that it falls into: messages keep their beat. */
export function decideProgress(decision: Decision): void {
  const { state, context } = decision;
  const { progress: count } = state.watch;
  if (count === undefined || count.firstAt === null || context.config.alerts.notify?.progress !== true) return;
  const { summary } = context.config.metrics;
  const periods = Math.floor((count.firstAt - count.since) / summary) + 1;
  if (context.now < count.since + periods * summary) return;
  const { ready, heldBack, blocked } = queueDepthOf(state, context);
  const { since, started, completed, failed } = count;
  decision.emit({
    type: "ProgressTold",
    progress: {
      since,
      at: context.now,
      active: state.occupied.size,
      ready,
      heldBack,
      blocked,
      open: state.openCount,
      started,
      completed,
      failed,
    },
  });
}
