/** What is no name of a task, and no length of a run, is refused before GitHub is asked for anything. */
import { expect, test } from "vitest";
import { runCycle } from "../../src/cli/cycle.ts";
import { runExplain } from "../../src/cli/explain.ts";
import { runMode } from "../../src/cli/mode.ts";

test.each(["0", "012", "-1", "1.5", "1e3", "##1", "gh:1", "gh:1:2:3", "acme/shop#1", "99999999999", ""])(
  "%j is no task",
  async (task) => {
    await expect(runExplain(task, { repository: "acme/shop" })).rejects.toMatchObject({
      name: "UsageError",
      message: "Name the task by the number of its issue, such as 12, or its id, such as gh:123:456.",
    });
  },
);

test.each([
  ["1s", "--budget must be from 10s to 6h."],
  ["7h", "--budget must be from 10s to 6h."],
  ["", '--budget is "". Write a duration such as 45s.'],
  ["-5m", '--budget is "-5m". Write a duration such as 45s.'],
])("%j is no budget of a run", async (budget, message) => {
  await expect(runCycle("acme/shop", { budget })).rejects.toMatchObject({ name: "UsageError", message });
});

test("a mode that would move the cursor is shown as harmless text", async () => {
  await expect(runMode("\u001B[2Jattack\u202E", { repository: "acme/shop" })).rejects.toMatchObject({
    name: "UsageError",
    message: '"[2Jattack" is not a mode. The modes are priority, blocker, effort, balanced, critical, attack.',
  });
});
