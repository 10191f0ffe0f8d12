/**
 * The headline of a commit on the state branch. It never contains `#12`: GitHub would note every such commit on the
 * timeline of the issue, and a busy day has thousands.
 */
import type { Event, EventType } from "../model/event.ts";
import type { EventNames } from "./event-families.ts";
import { toPlainLine } from "./markdown.ts";
import { count } from "./words.ts";

/** 72: what git and GitHub show of a headline without cutting it. */
const headlineMax = 72;

interface Phrase {
  readonly verb: string;
  readonly types: readonly EventType[];
}

/** The most telling first; what is not named here is counted as a record. */
const phrases: readonly Phrase[] = [
  { verb: "complete", types: ["TaskCompleted"] },
  { verb: "fail", types: ["TaskFailed"] },
  { verb: "cancel", types: ["TaskCancelled"] },
  { verb: "revoke", types: ["ReceiptRevoked"] },
  { verb: "ask a person about", types: ["ManualReviewRequired", "PersonAsked", "TaskEscalated"] },
  { verb: "preempt", types: ["TaskPreempted"] },
  { verb: "hand over", types: ["TaskHandedOver"] },
  { verb: "assign", types: ["TaskAssigned"] },
  { verb: "retry", types: ["RetryScheduled"] },
  { verb: "claim", types: ["AssignmentClaimed"] },
  { verb: "start", types: ["SessionStarted"] },
  { verb: "end session of", types: ["SessionEnded"] },
  { verb: "merge", types: ["MergeRequested"] },
  { verb: "link pull request of", types: ["PullRequestLinked"] },
  { verb: "stop", types: ["UpstreamFailed"] },
  { verb: "track", types: ["TaskTracked"] },
  { verb: "reopen", types: ["TaskReopened"] },
  { verb: "split", types: ["SplitApproved", "PieceOpened"] },
  { verb: "propose a split of", types: ["SplitProposed"] },
  { verb: "untrack", types: ["TaskUntracked"] },
  { verb: "trust", types: ["TaskTrusted"] },
  { verb: "hold", types: ["TaskHeld"] },
  { verb: "resume", types: ["TaskResumed"] },
  {
    verb: "update",
    types: ["PullRequestChanged", "TaskRevised", "DependenciesChanged", "DependencyWaived", "DependencyRestored"],
  },
];

/** At most 72 characters: `complete 9; assign 12, 13; start 8; 4 records`. */
export function renderHeadline(events: readonly Event[], names: EventNames): string {
  const clauses = [...wholeClauses(events), ...taskClauses(events, names)];
  return joinThatFit(clauses, events.length);
}

function wholeClauses(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case "OrchestrationPaused":
        return ["pause"];
      case "OrchestrationResumed":
        return ["resume"];
      case "ModeChanged":
        return [`mode ${event.mode ?? "as configured"}`];
      case "ConfigurationAccepted":
        return ["configure"];
      case "ConfigurationRejected":
        return ["refuse configuration"];
      default:
        return [];
    }
  });
}

function taskClauses(events: readonly Event[], names: EventNames): readonly string[] {
  return phrases.flatMap(({ verb, types }) => {
    const tasks = events.filter((event) => types.includes(event.type)).flatMap((event) => toTask(event, names));
    const unique = [...new Set(tasks)];
    if (unique.length === 0) return [];
    return [unique.length > 4 ? `${verb} ${count(unique.length, "task")}` : `${verb} ${unique.join(", ")}`];
  });
}

function toTask(event: Event, names: EventNames): readonly string[] {
  if (!("task" in event) || event.task === null) return [];
  return [
    toPlainLine(names.task(event.task), 24)
      .replaceAll(/[#@;,]/g, " ")
      .trim(),
  ];
}

function joinThatFit(clauses: readonly string[], eventCount: number): string {
  let headline = "";
  for (const [index, clause] of clauses.entries()) {
    const longer = headline === "" ? clause : `${headline}; ${clause}`;
    const rest = clauses.length - index - 1;
    const room = rest === 0 ? headlineMax : headlineMax - `; ${rest} more`.length;
    if (longer.length > room)
      return headline === "" ? toPlainLine(clause, headlineMax) : `${headline}; ${rest + 1} more`;
    headline = longer;
  }
  return headline === "" ? `record ${count(eventCount, "event")}` : headline;
}
