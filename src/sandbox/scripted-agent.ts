/**
 * The agents behind the embedded vendors: each session draws an outcome and a duration, works for as long, and then
 * hands in a pull request, or fails in the way that was drawn.
 */
import type { AgentConfig } from "../model/config-agent.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Backlog } from "./backlog.ts";
import type { PullAuthor } from "./pull-author.ts";
import { defaultBehaviour, type AgentBehaviour, type Outcome, type Scenario } from "./scenario.ts";
import { failureLine, plantedSecrets } from "./scripted-ci.ts";
import type { SeededChance } from "./seeded-chance.ts";
import { accountOf, identify, type SessionIdentity } from "./session-identity.ts";
import type { Timeline } from "./timeline.ts";
import type { Turnstile } from "./turnstile.ts";
import {
  isEnded,
  type Admission,
  type VendorScript,
  type VendorSession,
  type VendorStart,
  type VendorStore,
} from "./vendor-store.ts";
import type { World } from "./world.ts";

const vendorLimitMs = 2 * 3_600_000;
const patienceMs = 30 * 60_000;
const bootMs = 2_000;

export interface TroupeOptions {
  readonly world: World;
  readonly scenario: Scenario;
  readonly backlog: Backlog;
  /** The agents of the configuration in force. */
  readonly agents: () => readonly AgentConfig[];
  readonly author: PullAuthor;
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly turnstile: Turnstile;
  readonly timeline: Timeline;
  readonly failed: (what: string, error: unknown) => void;
  /** A start for this issue was refused. */
  readonly refused: (number: number) => void;
}

/** Plays every agent of a run. */
export interface Troupe extends VendorScript {
  /** Where sessions are moved on; to be given before the first request. */
  join(store: VendorStore): void;
  /** Somebody commented on an issue: an agent that waits there goes on. */
  heard(number: number, by: string): void;
  /** Sessions that have not ended. */
  readonly liveCount: number;
}

type Result = Outcome | "cancelled";

/** One session on the stage. */
interface Play {
  readonly session: VendorSession;
  readonly who: SessionIdentity;
  readonly number: number;
  readonly outcome: Outcome;
  readonly durationMs: number;
  timer: Timer | null;
  goOn: (() => void) | null;
  isOver: boolean;
}

const refusals = [
  { status: 400, message: "The request was refused: the repository is not ready." },
  { status: 429, message: "Too many sessions; try again later." },
  { status: 503, message: "The service is unavailable." },
] as const;

class ScriptedTroupe implements Troupe {
  readonly #options: TroupeOptions;
  readonly #plays = new Map<VendorSession, Play>();
  /** Who each vendor id was last, for follow-ups that do not say. */
  readonly #known = new Map<string, SessionIdentity>();
  readonly #drawn = new Map<string, Outcome[]>();
  #store: VendorStore | null = null;

  constructor(options: TroupeOptions) {
    this.#options = options;
  }

  join(store: VendorStore): void {
    this.#store = store;
  }

  get liveCount(): number {
    return [...this.#plays.values()].filter((play) => !play.isOver).length;
  }

  admit(start: VendorStart): Admission {
    const { agents, chance } = this.#options;
    const who = identify({ prompt: start.prompt, vendor: start.vendor, agents: agents(), before: null });
    const outcome = this.#draw(this.#behaviour(who.agent));
    if (outcome === "api_error") {
      this.#options.refused(this.#numberOf(who));
      return { refused: refusals[Math.floor(chance.next() * refusals.length)] ?? refusals[2] };
    }
    this.#drawn.set(start.prompt, [...(this.#drawn.get(start.prompt) ?? []), outcome]);
    return "accepted";
  }

  started(session: VendorSession): void {
    const { agents, chance, timeline, backlog } = this.#options;
    const name = `${session.vendor}:${session.id}`;
    const before = this.#known.get(name) ?? null;
    const who = identify({ prompt: session.prompt, vendor: session.vendor, agents: agents(), before });
    this.#known.set(name, who);
    const behaviour = this.#behaviour(who.agent);
    const [least, most] = behaviour.duration;
    const drawn = this.#drawn.get(session.prompt) ?? [];
    const outcome = drawn.shift() ?? this.#draw(behaviour);
    if (drawn.length === 0) this.#drawn.delete(session.prompt);
    const number = this.#numberOf(who);
    const play: Play = {
      session,
      who,
      number,
      outcome: outcome === "api_error" ? "success" : outcome,
      durationMs: chance.between(least, most),
      timer: null,
      goOn: null,
      isOver: false,
    };
    this.#plays.set(session, play);
    timeline.record({
      actor: who.agent,
      action: "session_started",
      target: session.id,
      detail: {
        task: backlog.nameOf(number),
        agent: who.agent,
        worker: who.worker,
        session: session.id,
        attempt: who.attempt,
        fence: who.fence,
        vendor: session.vendor,
        // What it was told of a red check, and what nobody may be told.
        ...(session.prompt.includes(failureLine(backlog.nameOf(number))) ? { knowsFailure: true } : {}),
        ...(plantedSecrets.some((secret) => session.prompt.includes(secret)) ? { knowsSecret: true } : {}),
      },
    });
    this.#perform(play);
  }

  message(session: VendorSession): void {
    const play = this.#plays.get(session);
    play?.goOn?.();
  }

  cancelled(session: VendorSession): void {
    const play = this.#plays.get(session);
    if (play !== undefined) this.#end(play, "cancelled");
  }

  heard(number: number, by: string): void {
    if (by.endsWith("[bot]") || !this.#options.backlog.mayWrite(by)) return;
    for (const play of this.#plays.values()) if (play.number === number) play.goOn?.();
  }

  #behaviour(agent: string): AgentBehaviour {
    const { agents } = this.#options.scenario;
    return (Object.hasOwn(agents, agent) ? agents[agent] : null) ?? defaultBehaviour;
  }

  #draw(behaviour: AgentBehaviour): Outcome {
    const weights = Object.entries(behaviour.outcomes) as [Outcome, number][];
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.#options.chance.next() * total;
    for (const [outcome, weight] of weights) {
      if (left < weight) return outcome;
      left -= weight;
    }
    return weights.findLast(([, weight]) => weight > 0)?.[0] ?? "success";
  }

  #numberOf(who: SessionIdentity): number {
    const issueId = Number(who.task?.split(":").at(-1) ?? Number.NaN);
    const byId = this.#options.world.issues().find((issue) => issue.id === issueId);
    return byId?.number ?? who.number ?? 0;
  }

  #perform(play: Play): void {
    const { durationMs, session } = play;
    this.#then(play, Math.min(bootMs, durationMs / 2), () => {
      this.#move(play, { state: "running" });
      const restMs = durationMs - Math.min(bootMs, durationMs / 2);
      switch (play.outcome) {
        case "timeout":
          return this.#then(play, vendorLimitMs - (this.#options.clock.now() - session.startedAt), () => {
            this.#move(play, { state: "failed", reason: "The session reached the time limit." });
            this.#end(play, "timeout");
          });
        case "no_pr":
          return this.#then(play, restMs, () => {
            this.#move(play, { state: "succeeded" });
            this.#end(play, "no_pr");
          });
        case "needs_input":
          return this.#then(play, restMs / 2, () => this.#ask(play, restMs / 2));
        default:
          return this.#then(play, restMs, () => this.#handIn(play));
      }
    });
  }

  #ask(play: Play, restMs: number): void {
    this.#move(play, { state: "waiting", question: "Which of the two ways described in the issue do you want?" });
    const goOn = (): void => {
      play.goOn = null;
      this.#move(play, { state: "running" });
      this.#then(play, restMs, () => this.#handIn(play));
    };
    play.goOn = goOn;
    this.#then(play, patienceMs, goOn);
  }

  #handIn(play: Play): void {
    const { author, turnstile, failed } = this.#options;
    const { session, who, number } = play;
    turnstile
      .pass(async () => {
        if (play.isOver) return;
        const { login } = accountOf(session.vendor);
        const { startingBranch } = session;
        const handedIn = await author.handIn({ login, who, number, session: session.id, startingBranch });
        this.#move(play, { state: "succeeded", pullUrl: handedIn.url, branch: handedIn.branch });
        this.#end(play, play.outcome === "checks_fail" ? "checks_fail" : "success");
        author.check(handedIn, play.outcome === "checks_fail" ? "failure" : "success");
      })
      .catch((error: unknown) => {
        failed(`session ${session.id}`, error);
        this.#move(play, { state: "failed", reason: "The branch could not be pushed." });
        this.#end(play, "no_pr");
      });
  }

  #then(play: Play, ms: number, act: () => void): void {
    play.timer?.cancel();
    play.timer = this.#options.clock.after(ms, "agent", () => {
      if (!play.isOver) act();
    });
  }

  #move(play: Play, change: Parameters<VendorStore["move"]>[1]): void {
    if (!isEnded(play.session.state)) this.#store?.move(play.session, change);
  }

  #end(play: Play, result: Result): void {
    if (play.isOver) return;
    play.isOver = true;
    play.goOn = null;
    play.timer?.cancel();
    const { who, session } = play;
    this.#options.timeline.record({
      actor: who.agent,
      action: "session_ended",
      target: session.id,
      detail: {
        task: this.#options.backlog.nameOf(play.number),
        agent: who.agent,
        worker: who.worker,
        session: session.id,
        result,
        outcome: play.outcome,
      },
    });
  }
}

/** The agents of a run. */
export function createTroupe(options: TroupeOptions): Troupe {
  return new ScriptedTroupe(options);
}
