/** Which events bring the cockpit up to date, and how soon: a tick at once, the rest in company and at most once a minute. */
import { effectKey } from "../model/effect.ts";
import type { Event } from "../model/event.ts";
import { cockpitPaceMs, cockpitTickDelayMs, surfaceDelayMs } from "../model/limits.ts";
import type { State } from "../state/state.ts";

/** At once: somebody waits for it. Soon: a person should see it. Late: progress, in company. */
type Urgency = "now" | "soon" | "late";

const urgencies: Partial<Record<Event["type"], Urgency>> = {
  BoxTicked: "now",
  CockpitEdited: "now",
  CockpitEnded: "now",
  CockpitReopened: "now",
  ModeChanged: "now",
  OrchestrationPaused: "now",
  OrchestrationResumed: "now",
  ConfigurationAccepted: "soon",
  ConfigurationRejected: "soon",
  ManualReviewRequired: "soon",
  TaskFailed: "soon",
  TaskEscalated: "soon",
  ApprovalRequired: "soon",
  DuplicateFound: "soon",
  DuplicateLifted: "late",
  PersonAsked: "soon",
  SessionWaiting: "soon",
  CycleReported: "soon",
  ReceiptRevoked: "soon",
  WarningRaised: "soon",
  WarningCleared: "late",
  TaskTracked: "late",
  TaskRevised: "late",
  TaskUntracked: "late",
  TaskTrusted: "soon",
  DependenciesChanged: "late",
  DependencyWaived: "late",
  DependencyRestored: "late",
  PriorityOverridden: "late",
  EstimateOverridden: "late",
  TaskHeld: "late",
  TaskResumed: "late",
  SplitProposed: "soon",
  SplitWithdrawn: "soon",
  SplitApproved: "soon",
  TaskAssigned: "late",
  SessionStarted: "late",
  SessionRefused: "late",
  SessionContinued: "late",
  SessionEnded: "late",
  TaskPreempted: "late",
  TaskHandedOver: "late",
  SwarmCalled: "late",
  RetryScheduled: "late",
  PullRequestLinked: "late",
  TaskCompleted: "late",
  TaskCancelled: "late",
  TaskReopened: "late",
  UpstreamFailed: "late",
  UpstreamRecovered: "late",
  MilestoneModeChanged: "late",
  AttackThresholdChanged: "late",
  CapacityChanged: "late",
  OperatorsChanged: "late",
  AgentRegistered: "soon",
  AgentRevised: "late",
  AgentRemoved: "soon",
  CapacityOverridden: "late",
  WorkerRested: "late",
  WorkerTried: "late",
  WorkerRestored: "late",
  AgentPaused: "late",
  AgentResumed: "late",
  WorkerDisabled: "late",
  WorkerEnabled: "late",
};

/** Before these nobody has asked for anything here, and an issue that opens by itself would be a surprise. */
const founding: ReadonlySet<Event["type"]> = new Set<Event["type"]>([
  "TaskTrusted",
  "ConfigurationRejected",
  "TaskAssigned",
  "TaskCompleted",
]);

/** How long the cockpit may wait to show `event`; null where it shows nothing of it, or is not wanted. */
export function cockpitDelayMs(state: State, event: Event): number | null {
  const urgency = urgencies[event.type];
  if (urgency === undefined || !isConcerned(state, event)) return null;
  if (urgency === "now") return cockpitTickDelayMs;
  const delayMs = urgency === "soon" ? surfaceDelayMs : cockpitPaceMs;
  const paceMs = (state.cockpit?.writtenAt ?? 0) + cockpitPaceMs - state.at;
  return Math.min(cockpitPaceMs, Math.max(delayMs, paceMs));
}

function isConcerned(state: State, event: Event): boolean {
  const { cockpit } = state;
  // Until a configuration was read nobody knows whether one is wanted; a bad one has to be told of.
  const isWanted = state.configuration?.config.cockpit ?? state.rejectedConfiguration !== null;
  // It is being opened: what it is opened with may be old by then.
  if (state.outboxKeys.has(effectKey({ type: "UpdateCockpit" }))) return true;
  if (cockpit === null) return isWanted && (founding.has(event.type) || isSwitchedOn(state, event));
  // Off and on again, which the configuration says; closed and opened again, which a person does.
  if (event.type === "ConfigurationAccepted") return isWanted ? cockpit.end !== "closed" : cockpit.end === null;
  if (event.type === "CockpitEnded") return event.end === "closed";
  return isWanted && cockpit.end === null;
}

/** There was one that is gone, and work to show. */
function isSwitchedOn(state: State, event: Event): boolean {
  return event.type === "ConfigurationAccepted" && state.openCount > 0;
}
