import { expect, test } from "vitest";
import { Idle } from "../../src/engine/idle.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { blocker, configOf, issue, report } from "../support/build.ts";
import { instruct, observe, say, schedule, story, type Story } from "../support/given.ts";

function listening(): { readonly idle: Idle; readonly lines: string[] } {
  const lines: string[] = [];
  const journal: Journal = {
    debug: () => undefined,
    info: (message, data) =>
      void lines.push(`${message} ${String(data?.["waiting"])} (${String(data?.["more"])} more)`),
    warn: () => undefined,
    error: () => undefined,
  };
  return { idle: new Idle(journal), lines };
}

/** One worker, which #1 has; #2 to #4 wait for different things. */
function given(): Story {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] }));
  it.tell(
    observe({
      issues: [
        issue(1, { labels: ["orchestrate", "priority:urgent"] }),
        issue(2),
        issue(3, { blockedBy: [blocker(2)] }),
        issue(4, { selectedBy: null, labels: [] }),
        issue(5, { labels: ["orchestrate", "hold"] }),
      ],
    }),
  );
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  return it;
}

test("a cycle that starts nothing says why, task by task, and says it again only when the reasons are others", () => {
  const it = given();
  const { idle, lines } = listening();
  const say = (): void => {
    it.now += 30_000;
    idle.say(it.state, { now: it.now, config: it.config });
  };
  say();
  expect(lines).toEqual(["Nothing was started in this cycle. #2 at_capacity; #3 blocked; #5 held (0 more)"]);
  say();
  expect(lines).toHaveLength(1);
  it.tell(instruct(2, { verb: "hold" }));
  say();
  expect(lines[1]).toBe("Nothing was started in this cycle. #2, #5 held; #3 blocked (0 more)");
});

test("every reason is named, however many tasks have another one and stand before it", () => {
  const it = story(
    configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api", capabilities: { go: 1 } }] }),
  );
  const many = Array.from({ length: 300 }, (_, index) =>
    issue(index + 1, { labels: ["orchestrate", "priority:urgent"] }),
  );
  const last = issue(900, { labels: ["orchestrate", "needs:rust", "priority:low"] });
  it.tell(observe({ issues: [...many, last, issue(901, { labels: ["orchestrate", "hold"] })] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  it.now += 30_000;
  const { idle, lines } = listening();
  idle.say(it.state, { now: it.now, config: it.config });
  expect(lines).toEqual([
    "Nothing was started in this cycle. #2, #3, #4, #5, #6 and 294 more at_capacity; #900 missing_capability; #901 held (0 more)",
  ]);
});

test("a cycle in which something was started says nothing, and neither does an empty backlog", () => {
  const it = given();
  const { idle, lines } = listening();
  idle.note(it.entries);
  it.now += 30_000;
  idle.say(it.state, { now: it.now, config: it.config });
  const empty = story();
  idle.say(empty.state, { now: it.now + 60_000, config: empty.config });
  expect(lines).toEqual([]);
});
