/** Builders with good defaults: a test names only what it is about. */
import type { Actor } from "../../src/model/actor.ts";
import { Config } from "../../src/model/config.ts";
import { toTaskId, type TaskId } from "../../src/model/ids.ts";
import type { BlockerFacts, IssueFacts, Observation, PullFacts, SessionReport } from "../../src/model/observation.ts";

export const writer: Actor = { login: "wanda", id: 1, kind: "user", permission: "write" };
export const stranger: Actor = { login: "sam", id: 2, kind: "user", permission: "read" };

/** The task of issue `number`; database ids are never the number. */
export function taskId(number: number): TaskId {
  return toTaskId(7, 1_000 + number);
}

export function configOf(config: Record<string, unknown> = {}): Config {
  return Config.parse({
    mode: "priority",
    agents: [{ id: "jules", type: "jules", capacity: 2, dispatch: "api" }],
    ...config,
  });
}

export function issue(number: number, facts: Partial<IssueFacts> = {}): IssueFacts {
  return {
    id: taskId(number),
    node: `I_${number}`,
    number,
    url: `https://github.test/o/r/issues/${number}`,
    title: `Issue ${number}`,
    hash: `hash-${number}`,
    author: "wanda",
    createdAt: number,
    updatedAt: 1,
    state: "open",
    stateReason: null,
    closedBy: null,
    labels: ["orchestrate"],
    milestone: null,
    selectedBy: { actor: writer, at: 1 },
    editedBy: null,
    editedAt: null,
    blockedBy: [],
    children: [],
    sticky: null,
    ...facts,
  };
}

export function blocker(number: number, facts: Partial<BlockerFacts> = {}): BlockerFacts {
  return {
    id: taskId(number),
    reference: `#${number}`,
    url: `https://github.test/o/r/issues/${number}`,
    state: "open",
    kind: "hard",
    source: "native",
    ...facts,
  };
}

export function pull(number: number, facts: Partial<PullFacts> = {}): PullFacts {
  return {
    number,
    url: `https://github.test/o/r/pull/${number}`,
    node: `PR_${number}`,
    updatedAt: 1,
    state: "open",
    isDraft: false,
    branch: "orchestrate/1-work",
    sha: "a".repeat(40),
    isSameRepository: true,
    baseIsDefault: true,
    author: { login: "google-labs-jules[bot]", id: 161369871, kind: "bot", permission: "none" },
    marker: null,
    closes: [],
    checks: "success",
    requiredChecks: "success",
    failedChecks: [],
    mergeable: "yes",
    mergedBy: null,
    mergedAt: null,
    reverts: [],
    ...facts,
  };
}

export function observation(facts: Partial<Observation> = {}): Observation {
  return { isComplete: false, issues: [], pulls: [], gone: [], unreadable: [], ...facts };
}

export function report(state: SessionReport["state"], facts: Partial<SessionReport> = {}): SessionReport {
  return {
    state,
    session: { id: "sessions/1", url: null },
    pullUrl: null,
    branch: null,
    question: null,
    reason: null,
    costUsd: null,
    ...facts,
  };
}
