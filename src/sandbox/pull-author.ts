/** How a scripted agent hands in its work: a real commit on a branch of its task, one pull request, and its check. */
import type { Clock } from "../ports/clock.ts";
import type { Backlog } from "./backlog.ts";
import type { IssueRecord } from "./records.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { SessionIdentity } from "./session-identity.ts";
import type { Turnstile } from "./turnstile.ts";
import type { World } from "./world.ts";

const checkStartMs = [2_000, 5_000] as const;
const checkRunMs = [20_000, 60_000] as const;
export const requiredCheck = "ci";

export interface PullAuthorOptions {
  readonly world: World;
  readonly backlog: Backlog;
  readonly repository: string;
  /** `https://github.test`: where pull requests are seen. */
  readonly htmlUrl: string;
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly turnstile: Turnstile;
  readonly pullIsGreen: (number: number, sha: string) => void;
  readonly failed: (what: string, error: unknown) => void;
}

/** A piece of work to hand in. */
export interface Work {
  readonly login: string;
  readonly who: SessionIdentity;
  readonly number: number;
  /** Names the session in the text, so that no two commits are alike. */
  readonly session: string;
  readonly startingBranch: string;
}

export interface HandedIn {
  readonly pull: number;
  readonly url: string;
  readonly branch: string;
  readonly sha: string;
}

export interface PullAuthor {
  /** Pushes and opens, or goes on with the open pull request of the task. To be called inside the turnstile. */
  handIn(work: Work): Promise<HandedIn>;
  /** Plays the required check on a commit. */
  check(handedIn: HandedIn, conclusion: "success" | "failure"): void;
  /** Checks that still run. */
  readonly openCount: number;
}

function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return plain.slice(0, 40) || "work";
}

/** The author of pull requests of a run. */
export function createPullAuthor(options: PullAuthorOptions): PullAuthor {
  const { world, backlog, clock, chance, turnstile } = options;
  let openCount = 0;

  function findOpen(work: Work): IssueRecord | null {
    const open = world.issues().filter((issue) => issue.pull !== null && issue.state === "open");
    const prefix = `orchestrate/${work.number}-`;
    return (
      open.find((issue) => issue.pull?.headBranch === work.startingBranch) ??
      open.find((issue) => issue.pull?.headBranch.startsWith(prefix) === true) ??
      null
    );
  }

  function filesFor(work: Work): Record<string, string> {
    const entry = backlog.byNumber(work.number);
    const name = entry?.issue.key.replaceAll(/[^\w.-]/g, "-") ?? String(work.number);
    const paths = entry?.issue.files ?? [`work/${name}.txt`];
    const line = `${name}, attempt ${work.who.attempt}, by ${work.who.worker} in ${work.session}`;
    return Object.fromEntries(paths.map((path) => [path, `# ${path}\n${line}\n`]));
  }

  async function freshBranch(work: Work, title: string): Promise<string> {
    const base = `orchestrate/${work.number}-${slug(title)}`;
    const taken = new Set(world.issues().flatMap((issue) => issue.pull?.headBranch ?? []));
    if (!taken.has(base)) return base;
    let count = 2;
    while (taken.has(`${base}-${count}`)) count += 1;
    return `${base}-${count}`;
  }

  async function handIn(work: Work): Promise<HandedIn> {
    const open = findOpen(work);
    const title = world.issues().find((issue) => issue.number === work.number)?.title ?? `Work on #${work.number}`;
    const branch = open?.pull?.headBranch ?? (await freshBranch(work, title));
    const { sha } = await world.push({
      by: work.login,
      branch,
      mergeBase: open !== null,
      files: filesFor(work),
      message: `${title}\n\nFixes #${work.number}`,
    });
    const { who } = work;
    const marker =
      who.task === null
        ? ""
        : `\n\n<!-- orchestrate:task=${who.task} attempt=${who.attempt} fence=${who.fence ?? 0} -->`;
    const pull =
      open ?? (await world.openPull({ by: work.login, branch, title, body: `Fixes #${work.number}${marker}` }));
    return { pull: pull.number, url: `${options.htmlUrl}/${options.repository}/pull/${pull.number}`, branch, sha };
  }

  function later(range: readonly [number, number], act: () => Promise<void>): void {
    openCount += 1;
    clock.after(chance.between(range[0], range[1]), "check", () => {
      turnstile
        .pass(act)
        .catch((error: unknown) => options.failed("a check", error))
        .finally(() => {
          openCount -= 1;
        });
    });
  }

  return {
    handIn,
    check({ pull, sha }, conclusion) {
      later(checkStartMs, async () => {
        await world.check({ sha, name: requiredCheck, status: "in_progress" });
        later(checkRunMs, async () => {
          await world.check({ sha, name: requiredCheck, status: "completed", conclusion });
          if (conclusion === "success") options.pullIsGreen(pull, sha);
        });
      });
    },
    get openCount() {
      return openCount;
    },
  };
}
