/**
 * The people of a scenario: they open and label the backlog, do what the scenario's events say, and merge green pull
 * requests after a while. Everything goes through the turnstile like any other act.
 */
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { maintainer, type Backlog, type BacklogEntry } from "./backlog.ts";
import type { IssueRecord, ReviewRecord } from "./records.ts";
import type { ScenarioAct, ScenarioEvent } from "./scenario-event.ts";
import type { Scenario, ScenarioIssue } from "./scenario.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Turnstile } from "./turnstile.ts";
import { issueOfBranch } from "./work-branch.ts";
import type { World } from "./world.ts";

export const configurationPath = ".github/orchestrate.yml";
/** A person who found the merge button grey looks again. */
const lookAgainMs = 60_000;
/** A reviewer reads before writing. */
const reviewMs = 30_000;

export interface PeopleOptions {
  readonly world: World;
  readonly scenario: Scenario;
  readonly backlog: Backlog;
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly turnstile: Turnstile;
  readonly journal: Journal;
  /** The label that selects work, by the configuration. */
  readonly selectingLabel: string;
  /** The configuration changed. */
  readonly configured: (text: string) => void;
}

export interface People {
  /** Time 0: users, configuration and other files, issues, dependencies, labels. */
  setUp(files: Readonly<Record<string, string>>): Promise<void>;
  /** Sets the timers of the scenario's events. */
  schedule(): void;
  /** The required checks of a pull request are green. */
  pullIsGreen(number: number, sha: string): void;
  /** Acts that are still to come. */
  readonly pendingCount: number;
}

interface Review {
  readonly by: string;
  readonly act: Extract<ScenarioAct, { readonly kind: "review" }>;
}

function approvalOf(by: string): Review {
  return { by, act: { kind: "review", issue: null, state: "approved", body: "", comments: [] } };
}

/** How a priority and an estimate of the scenario look as labels. */
function labelsOf(issue: ScenarioIssue): readonly string[] {
  return [
    ...issue.labels,
    ...(issue.priority === undefined ? [] : [`priority:${issue.priority.toLowerCase()}`]),
    ...(issue.estimate === undefined ? [] : [`estimate:${issue.estimate}`]),
  ];
}

class Crowd implements People {
  readonly #options: PeopleOptions;
  /** Pull requests that a person was asked to merge as soon as they can be. */
  readonly #wanted = new Set<string>();
  /** Reviews that wait for a green pull request of their issue. */
  readonly #reviews = new Map<string, Review[]>();
  #pendingCount = 0;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  get pendingCount(): number {
    return this.#pendingCount;
  }

  async setUp(files: Readonly<Record<string, string>>): Promise<void> {
    const { world, scenario, backlog } = this.#options;
    world.addUser({ login: maintainer, permission: backlog.permissionOf(maintainer) });
    const named = [...scenario.events.map((event) => event.by), ...scenario.issues.map((issue) => issue.by)];
    for (const login of new Set([...Object.keys(scenario.actors), ...named])) {
      if (login !== null && login !== undefined) this.#meet(login);
    }
    const config = scenario.config === null ? {} : { [configurationPath]: scenario.config };
    const all = { ...files, ...config };
    if (Object.keys(all).length > 0) {
      await this.#commit({ by: maintainer, files: all, message: "Set up the repository" });
    }
    for (const entry of backlog.entries) await this.#open(entry);
    for (const entry of backlog.entries) await this.#connect(entry);
    for (const entry of backlog.entries) await this.#select(entry);
  }

  schedule(): void {
    for (const event of this.#options.scenario.events) {
      this.#later(event.atMs, "scenario event", () => this.#play(event));
    }
  }

  pullIsGreen(number: number, sha: string): void {
    const { scenario, chance } = this.#options;
    if (this.#reviewGreen(number)) return;
    const { merge } = scenario.people;
    const isWanted = this.#wanted.has(this.#taskOf(number));
    if (merge === "never" && !isWanted) return;
    const waitMs = merge === "never" || isWanted ? 1_000 : chance.between(merge[0], merge[1]);
    this.#later(waitMs, "merge", () => this.#mergeGreen(number, sha));
  }

  /** People are met once; the world keeps them. */
  #meet(login: string): void {
    const { world, backlog } = this.#options;
    world.addUser({ login, permission: backlog.permissionOf(login) });
  }

  #later(ms: number, label: string, act: () => Promise<void>): void {
    const { clock, turnstile, journal } = this.#options;
    this.#pendingCount += 1;
    clock.after(ms, label, () => {
      turnstile
        .pass(act)
        .catch((error: unknown) => {
          // GitHub's page shows the person why it cannot be done; the story goes on.
          journal.warn("An act of a person was refused.", { label, reason: String(error) });
        })
        .finally(() => {
          this.#pendingCount -= 1;
        });
    });
  }

  async #commit(act: { by: string; files: Readonly<Record<string, string>>; message: string }): Promise<void> {
    await this.#options.world.push({ ...act, branch: "main" });
    const text = act.files[configurationPath];
    if (text !== undefined) this.#options.configured(text);
  }

  async #open(entry: BacklogEntry): Promise<void> {
    const { world, backlog } = this.#options;
    const { issue } = entry;
    const soft = issue.blockedBy
      .filter((blocker) => blocker.kind === "soft")
      .map((blocker) => `Soft depends on #${backlog.byKey(blocker.key)?.number ?? 0}`);
    const body = [backlog.fillIn(issue.body), ...soft].filter((part) => part !== "").join("\n\n");
    const opened = await world.openIssue({ by: issue.by ?? maintainer, title: issue.title, body });
    entry.number = opened.number;
  }

  async #connect(entry: BacklogEntry): Promise<void> {
    const { world, backlog } = this.#options;
    for (const blocker of entry.issue.blockedBy) {
      const on = backlog.byKey(blocker.key);
      if (on === null || on === entry || blocker.kind === "soft") continue;
      await world.addDependency({ by: maintainer, number: entry.number, blockedBy: on.number });
    }
  }

  async #select(entry: BacklogEntry): Promise<void> {
    for (const label of [...labelsOf(entry.issue), this.#options.selectingLabel]) {
      await this.#label(entry, { by: maintainer, add: [label], remove: [] });
    }
  }

  async #label(
    entry: BacklogEntry,
    act: { readonly by: string; readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<void> {
    const { world, backlog, clock } = this.#options;
    for (const label of act.add) await world.addLabel({ by: act.by, number: entry.number, label });
    for (const label of act.remove) await world.removeLabel({ by: act.by, number: entry.number, label });
    if (!act.add.includes(this.#options.selectingLabel) || !backlog.mayWrite(act.by)) return;
    entry.trustedAt ??= clock.now();
    entry.approvedAt = clock.now();
  }

  async #play(event: ScenarioEvent): Promise<void> {
    const by = event.by ?? maintainer;
    this.#meet(by);
    const { act } = event;
    if (act.kind === "config") {
      await this.#commit({ by, files: { [configurationPath]: act.text }, message: "Change the configuration" });
      return;
    }
    if (act.kind === "busy") return this.#setStatus(by, act);
    const { backlog } = this.#options;
    const entry = act.issue === null ? (backlog.entries[0] ?? null) : backlog.byKey(act.issue);
    if (entry !== null) await this.#act(entry, by, act);
  }

  /** What comes back by itself is still to come. */
  async #setStatus(by: string, { isBusy, forMs }: Extract<ScenarioAct, { readonly kind: "busy" }>): Promise<void> {
    const { world, clock } = this.#options;
    world.setStatus({ by, isBusy, ...(forMs === null ? {} : { expiresAt: clock.now() + forMs }) });
    if (forMs !== null) this.#later(forMs, "end of a status", async () => undefined);
  }

  async #act(entry: BacklogEntry, by: string, act: Exclude<ScenarioAct, { kind: "config" | "busy" }>): Promise<void> {
    const { world, backlog, clock } = this.#options;
    const { number } = entry;
    switch (act.kind) {
      case "comment": {
        const body = backlog.fillIn(act.body);
        await world.comment({ by, number, body });
        backlog.heard({ number, by, body, at: clock.now() });
        return;
      }
      case "label":
        return this.#label(entry, { by, add: act.add, remove: act.remove });
      case "close":
        return world.closeIssue({ by, number, reason: act.reason });
      case "reopen":
        entry.isCancelled = false;
        return world.reopenIssue({ by, number });
      case "edit": {
        const { title, body } = act;
        await world.editIssue({
          by,
          number,
          ...(title === undefined ? {} : { title }),
          ...(body === undefined ? {} : { body: backlog.fillIn(body) }),
        });
        if (backlog.mayWrite(by)) entry.approvedAt = clock.now();
        else entry.untrustedEditAt = clock.now();
        return;
      }
      case "review":
        return this.#reviewNowOrLater(entry, { by, act });
      case "merge":
        return this.#mergeWhenGreen(entry, by);
    }
  }

  /** On the open pull request; one that is not there yet is reviewed as soon as it is green. */
  async #reviewNowOrLater(entry: BacklogEntry, review: Review): Promise<void> {
    const pull = this.#openPulls().find((open) => this.#taskOf(open.number) === entry.issue.key);
    if (pull !== undefined) return this.#review(pull.number, review);
    const { key } = entry.issue;
    this.#reviews.set(key, [...(this.#reviews.get(key) ?? []), review]);
  }

  async #review(number: number, { by, act }: Review): Promise<void> {
    const { world } = this.#options;
    const { state, body, comments } = act;
    await world.review({ by, number, state, body, comments });
    const sha = world.issue(number).pull?.headSha ?? "";
    // Who was waiting for this verdict merges now.
    if (state === "approved" && world.checks(sha).some((run) => run.conclusion === "success"))
      this.pullIsGreen(number, sha);
  }

  /** Reviews that were waiting for it are given; whoever has asked for changes looks again, and approves. Whether there are any. */
  #reviewGreen(number: number): boolean {
    const { world } = this.#options;
    const key = this.#taskOf(number);
    const waiting = this.#reviews.get(key) ?? [];
    this.#reviews.delete(key);
    const again = waiting.length > 0 ? [] : this.#objectors(number, world.issue(number).pull?.headSha).map(approvalOf);
    for (const review of [...waiting, ...again]) {
      this.#later(reviewMs, "review", () => this.#review(number, review));
    }
    // Remarks keep nobody from merging.
    return [...waiting, ...again].some(
      ({ by, act }) => act.state !== "commented" && this.#options.backlog.mayWrite(by),
    );
  }

  /** People with write access whose last verdict asks for changes; with `unless`, of another commit than this. */
  #objectors(number: number, unless?: string): readonly string[] {
    const { world, backlog } = this.#options;
    const verdicts = new Map<string, ReviewRecord>();
    for (const review of world.issue(number).pull?.reviews ?? []) {
      if (review.state !== "commented" && backlog.mayWrite(review.user.login)) verdicts.set(review.user.login, review);
    }
    const objections = [...verdicts].filter(([, { state, sha }]) => state === "changes_requested" && sha !== unless);
    return objections.map(([login]) => login);
  }

  /** Somebody wants this merged: now, or as soon as it is green. */
  async #mergeWhenGreen(entry: BacklogEntry, by: string): Promise<void> {
    this.#wanted.add(entry.issue.key);
    for (const pull of this.#openPulls()) {
      if (this.#taskOf(pull.number) === entry.issue.key)
        await this.#options.world.mergePull({ by, number: pull.number });
    }
  }

  async #mergeGreen(number: number, sha: string): Promise<void> {
    const pull = this.#openPulls().find((open) => open.number === number);
    // A newer push has checks of its own, and with them another look of this person.
    if (pull === undefined || pull.pull?.headSha !== sha) return;
    if (this.#isCalledOff(this.#taskOf(number)) || this.#objectors(number).length > 0) return;
    const merged = await this.#options.world.mergePull({ by: maintainer, number });
    if ("sha" in merged) return;
    const { world, journal } = this.#options;
    journal.debug("A pull request could not be merged.", { pull: number, reason: merged.refused });
    // A conflict is the author's to solve; anything else may pass.
    if ((await world.mergeable(number)) === "yes")
      this.#later(lookAgainMs, "merge", () => this.#mergeGreen(number, sha));
  }

  /** Nobody merges what nobody wants any more. */
  #isCalledOff(key: string): boolean {
    const { world, backlog } = this.#options;
    const entry = backlog.byKey(key);
    if (entry === null) return false;
    const issue = world.issues().find((each) => each.number === entry.number);
    const isDropped = issue?.state === "closed" && issue.stateReason !== "completed";
    return entry.isCancelled || isDropped;
  }

  #openPulls(): readonly IssueRecord[] {
    return this.#options.world.issues().filter((issue) => issue.pull !== null && issue.state === "open");
  }

  #taskOf(pull: number): string {
    const { world, backlog } = this.#options;
    const branch = world.issue(pull).pull?.headBranch ?? "";
    return backlog.byNumber(issueOfBranch(branch) ?? 0)?.issue.key ?? "";
  }
}

/** The people of a run. */
export function createPeople(options: PeopleOptions): People {
  return new Crowd(options);
}
