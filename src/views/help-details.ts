/** What the page of the commands says of some beside their line in the registry: one paragraph an item, Markdown. */
import type { SlashVerb } from "../model/slash.ts";

export const helpDetails: Partial<Readonly<Record<SlashVerb, readonly string[]>>> = {
  plan: [
    [
      "A table of the next ten ready tasks in the order in force: the mode and the score that put each there, when it is expected to",
      "start and with which agent. Below it what runs, the critical path with its tasks and minutes, how many stages there are, circles,",
      "and how many tasks wait for a person. Instants are estimates: they hold if everything takes as long as it is expected to.",
    ].join("\n"),
  ],
  simulate: [
    [
      "A table of the six modes: in what time all is done, what that is of the lower bound that no order can beat, and after what time a",
      "waiting task can start and a task is done, on average. Work that runs goes on first with what is left of it. Tasks that wait for a",
      "person, for something outside or in a circle are left out, and of more than 2,000 open tasks the first of the order are played.",
    ].join("\n"),
  ],
  assign: [
    [
      "An agent of the type `pull` takes its work itself: the task is kept for it, nobody else may have it, and it starts when",
      "`orchestrate claim` asks for it.",
    ].join("\n"),
  ],
  handoff: [
    [
      "The session is cancelled, and the other agent starts once it is seen ended, on the branch or the open pull request where there is",
      "one. It counts as no failure and uses up no attempt; the caps hold as ever. A task that nobody is at is assigned. Where the vendor",
      "can neither cancel a session nor say how it is, a person is asked to end it. A session that ends well before the cancel reaches it",
      "has done the task, and nobody takes it over.",
    ].join("\n"),
  ],
  undo: [
    [
      "`hold`, `resume`, `priority`, `estimate`, `blocked-by`, `unblock`, `cancel`, `fail` and `complete` can be taken back, `assign` and",
      "`approve` before work has begun, and `pause`, `mode`, `attack`, `enable` and `disable` where the last of them was given on this very",
      "issue. An issue that `complete` has closed is opened again; a session that was cancelled stays cancelled. What something newer has",
      "changed, what merged work rests on, and an undo itself cannot be taken back: the answer says what to do instead.",
    ].join("\n"),
  ],
};
