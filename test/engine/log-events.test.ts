import { expect, test } from "vitest";
import { logEvents } from "../../src/engine/log-events.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { blocker, configOf, issue } from "../support/build.ts";
import { instruct, observe, story } from "../support/given.ts";

test("whom the end of a task sets free is in the log, by name and number, and whoever still waits is not", () => {
  const it = story(configOf({ agents: [] }));
  const waiting = Array.from({ length: 12 }, (_, index) => issue(index + 10, { blockedBy: [blocker(1)] }));
  it.tell(observe({ issues: [issue(1), issue(2), issue(3, { blockedBy: [blocker(1), blocker(2)] }), ...waiting] }));
  const lines: string[] = [];
  const counts: unknown[] = [];
  const journal = {
    ...silentJournal,
    info: (line: string, data?: Readonly<Record<string, unknown>>): void => {
      if (data?.["unblocked"] !== undefined) lines.push(line);
      counts.push(...(data?.["unblocked"] === undefined ? [] : [data["unblocked"]]));
    },
  };
  for (const number of [1, 2]) {
    const before = it.entries.length;
    it.tell(instruct(number, { verb: "complete" }));
    logEvents(journal, it.entries.slice(before), it.state);
  }
  expect(lines).toEqual([
    "#10, #11, #12, #13, #14, #15, #16, #17, #18, #19 and 2 more waited for #1 and for nothing else that is open",
    "#3 waited for #2 and for nothing else that is open",
  ]);
  expect(counts).toEqual([12, 1]);
});
