/** given(history).when(command).then(events): a decision as a sentence, over the whole list of what it decided. */
import { expect } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { configOf as inForce } from "../../src/state/config-in-force.ts";
import type { Context } from "../../src/model/context.ts";
import { allBrokenInvariants } from "../../src/core/invariants.ts";
import { statusOf } from "../../src/state/readiness.ts";
import { createState, type State } from "../../src/state/state.ts";
import { openDecision, type Decision } from "../../src/core/decision.ts";
import { begin, takeBack } from "../../src/state/transaction.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import { runPass } from "../../src/engine/pass.ts";
import type { Actor } from "../../src/model/actor.ts";
import type { Command } from "../../src/model/command.ts";
import type { Config } from "../../src/model/config.ts";
import type { Entry, Event } from "../../src/model/event.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { Feedback } from "../../src/model/feedback.ts";
import type { ScheduleNow } from "../../src/model/mode.ts";
import type { SessionReport } from "../../src/model/observation.ts";
import type { SlashCommand } from "../../src/model/slash.ts";
import type { Task, TaskStatus } from "../../src/model/task.ts";
import { configOf, observation, taskId, writer } from "./build.ts";

type Unnamed = Command extends infer Each ? (Each extends Command ? Omit<Each, "id"> : never) : never;

/** A stream that is told commands one after another, each as a pass of its own. */
export interface Story {
  readonly state: State;
  readonly entries: readonly Entry[];
  now: number;
  config: Config;
  /** The time rules as a clock would read them; null: nobody has read one. */
  timetable: ScheduleNow | null;
  /** Decides and folds; returns the events. */
  tell(command: Unnamed, id?: string): readonly Event[];
  /** What would be decided; nothing is folded. */
  ask(command: Unnamed, id?: string): readonly Event[];
  status(number: number): TaskStatus | null;
}

export function story(config: Config = configOf()): Story {
  const state = createState();
  const entries: Entry[] = [];
  let count = 0;
  const self: Story = {
    state,
    entries,
    now: 1_000_000,
    config,
    timetable: null,
    tell(command, id) {
      const named = { ...command, id: toCommandId(id ?? `~test:${(count += 1)}`) } as Command;
      const pass = runPass(state, [named], contextOf(self));
      if (pass.aside[0] !== undefined) throw pass.aside[0].error;
      // Folded as every other process does that has only the log.
      pass.takeBack();
      for (const entry of pass.entries) evolveEntry(state, entry);
      entries.push(...pass.entries);
      expect(allBrokenInvariants(state)).toEqual([]);
      return pass.entries.flatMap((entry) => entry.events);
    },
    ask(command, id) {
      const named = { ...command, id: toCommandId(id ?? "~ask") } as Command;
      return decide(state, named, contextOf(self));
    },
    status(number) {
      const task = state.tasks.get(taskId(number));
      return task === undefined ? null : statusOf(state, task);
    },
  };
  return self;
}

function contextOf({ now, state, config: file, timetable }: Story): Context {
  const config = inForce({ configuration: null, registry: state.registry }, file);
  return { now, config, ...(timetable === null ? {} : { schedule: timetable }) };
}

/** The events that `make` emits in a decision on `state`, which stays as it is. */
export function tryOut(state: State, context: Context, make: (decision: Decision) => void): readonly Event[] {
  const mark = begin(state);
  const decision = openDecision(state, context);
  make(decision);
  takeBack(state, mark);
  return decision.events;
}

export function observe(facts: Parameters<typeof observation>[0]): Unnamed {
  return { type: "Observe", observation: observation(facts) };
}

export function schedule(): Unnamed {
  return { type: "Schedule" };
}

export function instruct(number: number, instruction: SlashCommand, by: Actor = writer): Unnamed {
  return { type: "Instruct", by, task: taskId(number), comment: `IC_${number}`, instruction, problem: null };
}

export function say(number: number, fence: number, sessionReport: SessionReport): Unnamed {
  return { type: "ReportSession", task: taskId(number), fence, report: sessionReport };
}

/** Somebody has read what was said of the pull request that is tried again. Throws when nobody was asked to. */
export function collected(it: Story, feedback: Feedback | null = null): Unnamed {
  const found = [...it.state.outbox.entries()].find(([, { effect }]) => effect.type === "CollectFeedback");
  if (found === undefined) throw new Error("Nobody was asked to collect feedback.");
  return { type: "SettleEffects", settled: [{ effect: found[0], outcome: { kind: "collected", feedback } }] };
}

/** The task of issue `number`. Throws when it is not tracked. */
export function taskAt(it: Story, number: number): Task {
  const task = it.state.tasks.get(taskId(number));
  if (task === undefined) throw new Error(`Issue ${number} is not tracked.`);
  return task;
}

/** The types of the events, for a sentence about their order. */
export function types(events: readonly Event[]): readonly string[] {
  return events.map((event) => event.type);
}
