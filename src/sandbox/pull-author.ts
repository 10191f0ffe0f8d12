/** How a scripted agent hands in its work: a real commit on a branch of its task, one pull request, and its check. */
import type { Clock } from "../ports/clock.ts";
import type { Backlog } from "./backlog.ts";
import type { IssueRecord } from "./records.ts";
import { redCheck } from "./scripted-ci.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { SessionIdentity } from "./session-identity.ts";
import type { Turnstile } from "./turnstile.ts";
import { issueOfBranch } from "./work-branch.ts";
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

class WorldAuthor implements PullAuthor {
  readonly #options: PullAuthorOptions;
  #openCount = 0;

  constructor(options: PullAuthorOptions) {
    this.#options = options;
  }

  get openCount(): number {
    return this.#openCount;
  }

  async handIn(work: Work): Promise<HandedIn> {
    const { world, htmlUrl, repository } = this.#options;
    const { login, number, who } = work;
    const open = this.#findOpen(work);
    const title = world.issues().find((issue) => issue.number === number)?.title ?? `Work on #${number}`;
    const branch =
      open?.pull?.headBranch ??
      this.#freshBranch(`${who.fence === null ? who.agent : "orchestrate"}/${number}-${slug(title)}`);
    const { sha } = await world.push({
      by: login,
      branch,
      mergeBase: open !== null,
      files: this.#filesFor(work),
      message: `${title}\n\nFixes #${number}`,
    });
    const mark = `orchestrate:task=${who.task} attempt=${who.attempt} fence=${who.fence}`;
    const body = `Fixes #${number}${who.task === null ? "" : `\n\n<!-- ${mark} -->`}`;
    const pull = open ?? (await world.openPull({ by: login, branch, title, body }));
    return { pull: pull.number, url: `${htmlUrl}/${repository}/pull/${pull.number}`, branch, sha };
  }

  check({ pull, sha }: HandedIn, conclusion: "success" | "failure"): void {
    const { world, pullIsGreen } = this.#options;
    this.#later(checkStartMs, async () => {
      await world.check({ sha, name: requiredCheck, status: "in_progress" });
      this.#later(checkRunMs, async () => {
        const said = conclusion === "failure" ? redCheck(this.#keyOf(pull), this.#options.clock.now()) : {};
        await world.check({ sha, name: requiredCheck, status: "completed", conclusion, ...said });
        if (conclusion === "success") pullIsGreen(pull, sha);
      });
    });
  }

  /** The scenario's key of the issue that the pull request is for. */
  #keyOf(pull: number): string {
    const { world, backlog } = this.#options;
    const branch = world.issue(pull).pull?.headBranch ?? "";
    return backlog.nameOf(issueOfBranch(branch) ?? 0);
  }

  #findOpen(work: Work): IssueRecord | null {
    const { world } = this.#options;
    const open = world.issues().filter((issue) => issue.pull !== null && issue.state === "open");
    return (
      open.find((issue) => issue.pull?.headBranch === work.startingBranch) ??
      open.find((issue) => issueOfBranch(issue.pull?.headBranch ?? "") === work.number) ??
      null
    );
  }

  #filesFor(work: Work): Record<string, string> {
    const entry = this.#options.backlog.byNumber(work.number);
    const name = entry?.issue.key.replaceAll(/[^\w.-]/g, "-") ?? String(work.number);
    const paths = entry?.issue.files ?? [`work/${name}.txt`];
    const line = `${name}, attempt ${work.who.attempt}, by ${work.who.worker} in ${work.session}`;
    return Object.fromEntries(paths.map((path) => [path, `# ${path}\n${line}\n`]));
  }

  #freshBranch(base: string): string {
    const taken = new Set(this.#options.world.issues().flatMap((issue) => issue.pull?.headBranch ?? []));
    if (!taken.has(base)) return base;
    let count = 2;
    while (taken.has(`${base}-${count}`)) count += 1;
    return `${base}-${count}`;
  }

  #later([least, most]: readonly [number, number], act: () => Promise<void>): void {
    const { clock, chance, turnstile, failed } = this.#options;
    this.#openCount += 1;
    clock.after(chance.between(least, most), "check", () => {
      turnstile
        .pass(act)
        .catch((error: unknown) => failed("a check", error))
        .finally(() => {
          this.#openCount -= 1;
        });
    });
  }
}

/** The author of pull requests of a run. */
export function createPullAuthor(options: PullAuthorOptions): PullAuthor {
  return new WorldAuthor(options);
}
