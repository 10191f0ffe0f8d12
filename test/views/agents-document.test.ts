/** How an agent stands, in one word, and where it comes from: what programs and people are told of it. */
import { describe, expect, test } from "vitest";
import { toAgentsDocument } from "../../src/views/agents-document.ts";
import { renderAgentsPage } from "../../src/views/agents-page.ts";
import { renderAgents } from "../../src/views/agents-table.ts";
import type { AgentView } from "../../src/views/task-view.ts";

const worker = { id: "night/1", isEnabled: true, task: null };
const view: AgentView = {
  id: "night",
  type: "cursor",
  dispatch: "api",
  capabilities: {},
  workers: [worker],
  sessionsToday: 0,
  quota: null,
};
const idle = { agent: "night", capacity: 1, busy: 0, off: 0, free: 1, utilisation: 0 };
const working = { ...idle, busy: 1, free: 0 };
const off = { ...idle, off: 1, free: 0 };
const disabled = [{ ...worker, isEnabled: false }];
const pause = { until: 1_000, reason: "an outage" };

function documentOf(agent: Partial<AgentView>, load: Partial<typeof idle>) {
  const [document] = toAgentsDocument([{ ...view, ...agent }], {
    loads: [{ ...idle, ...load }],
    performances: new Map(),
  });
  return document;
}

describe("the status of an agent", () => {
  test.each([
    ["available", "with a free worker", [{}, idle]],
    ["busy", "whose workers all have a task", [{}, working]],
    [
      "disabled",
      "whose workers a person has all disabled, also while one still has a task",
      [{ workers: disabled }, working],
    ],
    ["paused", "whose vendor has an outage, whoever is free", [{ pause }, idle]],
    ["paused", "whose workers all rest, or whose operators are away", [{}, off]],
    [
      "paused",
      "whose operators are all away, so that it has no worker",
      [{ workers: [] }, { ...off, capacity: 0, off: 0 }],
    ],
    ["paused", "whose quota of the day is spent", [{ quota: 3, sessionsToday: 3 }, idle]],
    ["available", "with some of its quota left", [{ quota: 3, sessionsToday: 2 }, idle]],
    ["disabled", "that is disabled before its vendor comes back", [{ workers: disabled, pause }, off]],
  ] as const)("is %s %s", (status, _what, [agent, load]) => {
    expect(documentOf(agent, load)?.status).toBe(status);
  });
});

test("what was registered while the program runs says so, to programs and to people", () => {
  const registered = { ...view, isRegistered: true };
  expect(documentOf({}, idle)?.source).toBe("configuration");
  expect(documentOf({ isRegistered: true }, idle)?.source).toBe("http");
  expect(renderAgents([registered])).toContain("| registered over HTTP; 0 of 1 busy");
  expect(renderAgents([view])).not.toContain("registered");
  expect(renderAgentsPage([registered], { loads: [idle], leaving: [] })).toContain(
    "(cursor, dispatch api): registered over HTTP, 0 of 1 busy",
  );
});
