/** `orchestrate dlq` against the embedded GitHub over real HTTP: warnings that could not be written, tried again once they can be. */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { agentWorkflowText, startGithub } from "../action/github-server.ts";
import { makeCli, type BundledCli } from "../support/bundled-cli.ts";

let cli: BundledCli;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());

/** More ready tasks than that are a warning, which is to be written to an issue that is not there yet. */
const config =
  "agents:\n  - { id: jules, type: jules, capacity: 1 }\nalerts: { issue: 4, queueDepth: 1 }\ncockpit: false\n";

async function given() {
  const server = await startGithub({
    files: { ".github/orchestrate.yml": config, ".github/workflows/orchestrate-agent.yml": agentWorkflowText },
  });
  onTestFinished(() => server.close());
  const { world } = server;
  world.addUser({ login: "reader", permission: "read" });
  for (const title of ["First", "Second", "Third"])
    await world.openIssue({ by: "ann", title, labels: ["orchestrate"] });
  const GITHUB_API_URL = server.apiUrl;
  const run = (words: string, login = "ann") =>
    cli.run(words.split(" "), { GITHUB_TOKEN: `ghu_${login}`, GITHUB_API_URL, GITHUB_REPOSITORY: "acme/shop" });
  return { world, run };
}

test("what could not be written is listed with what to do, and is written when somebody tries it again", async () => {
  const { world, run } = await given();
  expect(await run("cycle")).toMatchObject({ code: 0 });
  const listed = await run("dlq --json");
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  const { letters } = JSON.parse(listed.stdout) as { readonly letters: readonly { readonly id: string }[] };
  expect(letters).toEqual([
    expect.objectContaining({
      kind: "UpdateAlerts",
      what: "the warnings on issue #4",
      reference: null,
      canRetry: true,
    }),
  ]);
  const { id } = letters[0] ?? { id: "" };
  expect((await run("dlq")).stdout).toMatch(
    new RegExp(
      `^acme/shop: 1 dead letter, the newest first\\.\\n\\n${id}  .*\\n  What: the warnings on issue #4\\n  Why: .*#4.*\\n  What to do: .*dlq retry ${id}`,
    ),
  );
  expect(await run(`dlq retry ${id}`, "reader")).toMatchObject({ code: 1 });
  await world.openIssue({ by: "ann", title: "Monitoring" });
  const tried = await run(`dlq retry ${id} --repository acme/shop`);
  expect(tried).toMatchObject({ code: 0, stderr: "" });
  expect(tried.stdout).toContain(`acme/shop ${id} (the warnings on issue #4) is tried again.`);
  expect(await run("cycle")).toMatchObject({ code: 0 });
  expect(world.issue(4).comments).toHaveLength(1);
  expect((await run("dlq")).stdout).toBe("acme/shop: nothing was given up, or somebody has seen to it.\n");
});

test("one that is dropped is forgotten, and one that is not there is said so", async () => {
  const { run } = await given();
  await run("cycle");
  const { letters } = JSON.parse((await run("dlq --json")).stdout) as { readonly letters: readonly { id: string }[] };
  const { id } = letters[0] ?? { id: "" };
  const dropped = await run(`dlq drop ${id} --json`);
  expect(JSON.parse(dropped.stdout)).toEqual({
    repository: "acme/shop",
    id,
    act: "drop",
    what: "the warnings on issue #4",
  });
  expect(await run(`dlq drop ${id}`)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/There is no dead letter/),
  });
});
