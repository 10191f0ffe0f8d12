/** `orchestrate hook` in real clones: what goes wrong refuses the commit or the push, is written where no commit can have it, and is told. */
import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startGithub } from "../action/github-server.ts";
import { makeCli, type Answer, type BundledCli } from "../support/bundled-cli.ts";

let cli: BundledCli;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());

interface Clone {
  readonly root: string;
  readonly run: (...words: readonly string[]) => Promise<Answer>;
  readonly git: (...words: readonly string[]) => Promise<Answer>;
  readonly write: (file: string, text: string) => Promise<void>;
  /** Of the feedback, by the name of its file; null: there is none. */
  readonly feedback: (name: string) => Promise<string | null>;
}

const person = {
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.org",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.org",
  GIT_CONFIG_NOSYSTEM: "1",
};

function startGit(cwd: string, words: readonly string[], env: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((done) => {
    const options = { cwd, env: { PATH: process.env["PATH"], HOME: cwd, ...person, ...env }, maxBuffer: 50_000_000 };
    execFile("git", [...words], options, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** A clone of a bare repository with one commit on main, in a folder whose name has a space and a quote. */
async function given(env: Readonly<Record<string, string>> = {}): Promise<Clone> {
  const home = await mkdtemp(join(tmpdir(), "orchestrate hook's "));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await startGit(home, ["init", "--quiet", "--bare", "--initial-branch=main", "origin.git"], {});
  await startGit(home, ["clone", "--quiet", "origin.git", "a clone"], {});
  const root = join(home, "a clone");
  const git = (...words: readonly string[]): Promise<Answer> => startGit(root, words, env);
  const write = async (file: string, text: string): Promise<void> => {
    await writeFile(join(root, file), text);
    await git("add", "--", file);
  };
  await git("checkout", "--quiet", "-B", "main");
  await write("a.txt", "one\n");
  await git("commit", "--quiet", "-m", "First");
  await git("push", "--quiet", "-u", "origin", "main");
  return {
    root,
    git,
    write,
    run: (...words) => cli.run(words, { HOME: root, ...env }, root),
    feedback: (name) => readFile(join(root, ".git/orchestrate/feedback", name), "utf8").catch(() => null),
  };
}

const fails = "echo the test of prices failed; echo token ghp_0123456789abcdefghij0123456789abcdef; exit 3";

describe("before a commit", () => {
  test("what fails refuses it and leaves the reason for whoever works there; what passes takes it away", async () => {
    const { run, git, write, feedback, root } = await given();
    await git("checkout", "--quiet", "-b", "orchestrate/12-search");
    expect(await run("hook", "install", "--command", fails)).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringMatching(
        /^Installed: .*\/a clone\/\.git\/hooks\/pre-commit\nBefore each commit this has to go well: echo/,
      ),
    });
    await write("b.txt", "two\n");
    const refused = await git("commit", "-m", "Second");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /the test of prices failed\n[^]*orchestrate: Nothing was committed: echo .* ended with 3\. Put it right and commit again; `git commit --no-verify` does it all the same\. What went wrong is in .*\/12\.md\n$/,
    );
    expect((await git("rev-list", "--count", "HEAD")).stdout).toBe("1\n");
    const text = (await feedback("12.md")) ?? "";
    expect(text).toMatch(
      /^# What the pre-commit hook refused\n\n- Task: #12\n- Branch: `orchestrate\/12-search`\n- Checked out: `[0-9a-f]+`\n- When: \d{4}-/,
    );
    expect(text).toMatch(
      /- Exit code: 3\n\nWhat was printed last:\n\n```text\nthe test of prices failed\ntoken \[removed\]\n```\n$/,
    );
    expect(text).not.toContain("ghp_");
    expect((await stat(join(root, ".git/orchestrate/feedback/12.md"))).mode & 0o077).toBe(0);
    expect((await git("status", "--porcelain")).stdout).toBe("A  b.txt\n");

    expect((await run("hook", "install", "--command", "echo fine")).code).toBe(0);
    expect(await git("commit", "-m", "Second")).toMatchObject({ code: 0 });
    expect(await feedback("12.md")).toBeNull();
  }, 60_000);

  test("an end of a hundred thousand lines is kept as a page, in a fence that nothing printed can close", async () => {
    const { run, git, write, feedback } = await given();
    const command = `node -e 'for (let i = 0; i < 100000; i++) console.log(i, "\`\`\`\`"); process.exitCode = 1'`;
    await run("hook", "install", "--command", command);
    await write("b.txt", "two\n");
    expect((await git("commit", "-m", "Second")).code).toBe(1);
    const text = (await feedback("no-task.md")) ?? "";
    expect(text.split("\n").length).toBeLessThan(100);
    expect(text).toMatch(/\n`````text\n[^]*\n99999 ````\n`````\n$/);
  }, 60_000);

  test("a branch whose name is hostile is a name and nothing more", async () => {
    const { run, git, write, feedback, root } = await given();
    const branch = "orchestrate/7-$(touch${IFS}hacked);`touch${IFS}hacked`'\"&|<!--";
    expect((await git("checkout", "--quiet", "-b", branch)).code).toBe(0);
    await run("hook", "install", "--command", "exit 1");
    await run("hook", "install", "--kind", "pre-push");
    await write("b.txt", "two\n");
    expect((await git("commit", "-m", "Second")).code).toBe(1);
    expect(await feedback("7.md")).toContain("- Branch: `orchestrate/7-$(touch");
    expect(await feedback("7.md")).not.toContain("<!--");
    expect((await git("commit", "--no-verify", "-m", "Second")).code).toBe(0);
    expect((await git("push", "origin", "HEAD")).code).toBe(0);
    await expect(access(join(root, "hacked"))).rejects.toThrow(/ENOENT/);
  }, 60_000);

  test("in a work tree of its own, below a folder, the same hook runs and the feedback of its task is found in the clone", async () => {
    const { run, git, feedback, root } = await given();
    await run("hook", "install", "--command", "pwd; exit 1");
    const tree = join(root, "../tree of 9");
    await git("worktree", "add", "--quiet", "-b", "orchestrate/9-x", tree);
    await mkdir(join(tree, "below"));
    await writeFile(join(tree, "below/c.txt"), "three\n");
    await startGit(join(tree, "below"), ["add", "c.txt"], {});
    const refused = await startGit(join(tree, "below"), ["commit", "-m", "Third"], {});
    expect(refused.code).toBe(1);
    expect(await feedback("9.md")).toContain("/tree of 9\n");
    expect(await readdir(join(tree, "below"))).toEqual(["c.txt"]);
  }, 60_000);
});

describe("before a push", () => {
  async function diverged(clone: Clone): Promise<void> {
    const { git, write } = clone;
    await git("checkout", "--quiet", "-b", "orchestrate/5-prices");
    await write("a.txt", "mine\n");
    await git("commit", "--quiet", "-m", "Mine");
    await git("checkout", "--quiet", "main");
    await write("a.txt", "theirs\n");
    await git("commit", "--quiet", "-m", "Theirs");
    await git("push", "--quiet", "--no-verify", "origin", "main");
    // What the clone knows of the remote is old: the hook has to ask.
    await git("update-ref", "refs/remotes/origin/main", "main~1");
    await git("checkout", "--quiet", "orchestrate/5-prices");
  }

  test("a branch that conflicts with the newest base is not pushed, and the files are named", async () => {
    const clone = await given();
    const { run, git, write, feedback } = clone;
    await diverged(clone);
    expect((await run("hook", "install", "--kind", "pre-push")).stdout).toMatch(
      /\nA branch that conflicts with its base is not pushed\.\n$/,
    );
    const refused = await git("push", "origin", "HEAD");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /orchestrate: Nothing was pushed: orchestrate\/5-prices conflicts with main in a\.txt\. Merge origin\/main and push again; `git push --no-verify` pushes all the same\./,
    );
    expect(await feedback("5.md")).toContain("- `orchestrate/5-prices` conflicts with `main` in `a.txt`\n");
    expect((await git("ls-remote", "--heads", "origin")).stdout).not.toContain("orchestrate/5");
    // Nothing of the user's own is moved by looking.
    expect((await git("rev-parse", "refs/remotes/origin/main")).stdout).toBe((await git("rev-parse", "HEAD~1")).stdout);

    await git("config", "orchestrate.base", "gone");
    const nowhere = await git("push", "origin", "HEAD");
    expect(nowhere.stderr).toMatch(/gone is not there on origin\. So the push was not held against it\./);
    await git("push", "origin", "--no-verify", "--delete", "orchestrate/5-prices");
    await git("config", "--unset", "orchestrate.base");

    await git("merge", "--quiet", "-X", "ours", "main");
    expect(await git("push", "origin", "HEAD")).toMatchObject({ code: 0 });
    expect(await feedback("5.md")).toBeNull();
    await write("a.txt", "again\n");
    expect((await git("push", "origin", "--delete", "orchestrate/5-prices")).code).toBe(0);
  }, 60_000);

  test("a command that fails refuses it as well; the base itself and what has no base are not held against it", async () => {
    const clone = await given();
    const { run, git, write, root } = clone;
    await run("hook", "install", "--kind", "pre-push");
    await write("a.txt", "two\n");
    await git("commit", "--quiet", "-m", "Second");
    expect(await git("push", "origin", "main")).toMatchObject({ code: 0 });
    const elsewhere = join(root, "../other.git");
    await startGit(root, ["init", "--quiet", "--bare", elsewhere], {});
    const unknown = await git("push", elsewhere, "HEAD:refs/heads/x");
    expect(unknown.code).toBe(0);
    expect(unknown.stderr).toMatch(
      /It is not known what it will be merged into: `git config orchestrate\.base main` says so\. So the push was not held against it\./,
    );
    await run("hook", "install", "--kind", "pre-push", "--command", "exit 4");
    const refused = await git("push", "origin", "HEAD:refs/heads/y");
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Nothing was pushed: exit 4 ended with 4\./),
    });
  }, 60_000);
});

describe("a hook that is there", () => {
  const own = "#!/bin/sh\necho mine\n";

  test("stays, and the answer says which line to write into it; by force it is kept beside, and comes back", async () => {
    const { run, git, root } = await given();
    const path = join(root, ".git/hooks/pre-commit");
    await writeFile(path, own);
    const refused = await run("hook", "install", "--command", "true");
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /There is another hook at .*: it stays as it is\. Write this line into the pre-commit there: '.*' hook run pre-commit "\$@" \|\| exit 1 and say with `git config orchestrate\.pre-commit\.command` what it runs\. Or say --force/,
    );
    expect(await readFile(path, "utf8")).toBe(own);
    expect((await run("hook", "uninstall")).stdout).toBe(
      "There is no hook of Orchestrate here: nothing was taken out.\n",
    );
    expect(await readFile(path, "utf8")).toBe(own);
    const forced = await run("hook", "install", "--command", "true", "--force", "--json");
    expect(JSON.parse(forced.stdout)).toMatchObject({
      kind: "pre-commit",
      command: "true",
      kept: `${path}.before-orchestrate`,
    });
    expect((await run("hook", "install", "--command", "true")).code).toBe(0);
    await run("hook", "install", "--agent", "desk");
    expect((await git("config", "--get-regexp", "^orchestrate")).stdout).toBe(
      "orchestrate.pre-commit.command true\norchestrate.agent desk\n",
    );
    expect(JSON.parse((await run("hook", "uninstall", "--json")).stdout)).toEqual({ removed: [path] });
    expect((await git("config", "--get-regexp", "^orchestrate")).stdout).toBe("");
    expect(await readFile(path, "utf8")).toBe(own);
  }, 60_000);

  test("that is a link to somebody's file is never written through", async () => {
    const { run, root } = await given();
    const target = join(root, "../mine.sh");
    await writeFile(target, own);
    await symlink(target, join(root, ".git/hooks/pre-commit"));
    expect((await run("hook", "install", "--command", "true")).code).toBe(1);
    expect((await run("hook", "install", "--command", "true", "--force")).code).toBe(0);
    expect(await readFile(target, "utf8")).toBe(own);
  }, 60_000);

  test("where core.hooksPath says is where it goes; a folder of other clones as well only by force", async () => {
    const { run, git, root, write } = await given();
    await git("config", "core.hooksPath", ".hooks");
    expect((await run("hook", "install", "--command", "exit 1")).stdout).toContain("/a clone/.hooks/pre-commit");
    await write("b.txt", "two\n");
    expect((await git("commit", "-m", "Second")).code).toBe(1);
    const shared = resolve(root, "../all hooks");
    await git("config", "core.hooksPath", shared);
    const refused = await run("hook", "install", "--command", "exit 1");
    expect(refused.stderr).toMatch(/\(core\.hooksPath\), which other clones may share: nothing was written\./);
    await expect(access(shared)).rejects.toThrow(/ENOENT/);
    expect((await run("hook", "install", "--command", "exit 1", "--force")).code).toBe(0);
    expect((await stat(join(shared, "pre-commit"))).mode & 0o111).toBe(0o111);
  }, 60_000);

  test("and has lost its program says so, instead of letting everything pass", async () => {
    const { run, git, root, write } = await given();
    await run("hook", "install", "--command", "true");
    const path = join(root, ".git/hooks/pre-commit");
    await writeFile(path, (await readFile(path, "utf8")).replaceAll("cli.mjs", "gone.mjs"));
    await chmod(path, 0o755);
    await write("b.txt", "two\n");
    expect(await git("commit", "-m", "Second")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/it is not where it was/),
    });
  }, 60_000);
});

test("what is wrong with the words, and where there is no clone, is one sentence", async () => {
  const { run } = await given();
  const refused: readonly [readonly string[], RegExp, number][] = [
    [["install"], /Say with --command what has to go well before a commit/, 2],
    [["install", "--command", " "], /Write with --command what the hook is to run/, 2],
    [["install", "--kind", "post-commit"], /--kind is pre-commit or pre-push/, 2],
    [["install", "--command", "true", "--agent", "$(x)"], /--agent is the id of an agent/, 2],
    [["run", "post-commit"], /The hook is pre-commit or pre-push/, 2],
  ];
  for (const [words, sentence, code] of refused) {
    const answer = await run("hook", ...words);
    expect(answer).toMatchObject({ code, stdout: "" });
    expect(answer.stderr).toMatch(sentence);
  }
  expect(await cli.run(["hook", "install", "--command", "true"])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/This is no git clone with files in it/),
  });
}, 60_000);

test("where an agent at this desk works on a task its heartbeat goes with what went wrong, and that nobody could be told changes nothing", async () => {
  const server = await startGithub({
    files: { ".github/orchestrate.yml": "agents: [{ id: desk, type: pull, heartbeat: 3m }]\n" },
  });
  onTestFinished(() => server.close());
  const env = { GITHUB_TOKEN: "ghu_ann", GITHUB_API_URL: server.apiUrl, GITHUB_REPOSITORY: "acme/shop" };
  await server.world.openIssue({ by: "ann", title: "Search", labels: ["orchestrate"], body: "Do it." });
  const { run, git, write, feedback } = await given(env);
  await run("cycle", "--budget", "10s");
  expect(await run("claim", "1", "--agent", "desk")).toMatchObject({ code: 0, stderr: "" });
  await git("checkout", "--quiet", "-b", "orchestrate/1-search");
  await run("hook", "install", "--command", fails, "--agent", "desk");
  await write("b.txt", "two\n");
  const asked = server.requests.length;
  const refused = await git("commit", "-m", "Second");
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).not.toContain("was not told");
  expect(server.requests.length).toBeGreaterThan(asked);
  expect(await feedback("1.md")).toContain("- Task: #1\n");
  await git("checkout", "--quiet", "-b", "orchestrate/99-none");
  expect((await git("commit", "-m", "Second")).stderr).toMatch(
    /orchestrate: Orchestrate was not told: #99 is no task of acme\/shop\./,
  );
}, 120_000);
