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
  swarm: [
    [
      "Given on an issue with sub-issues: each time that workers are free, ready sub-issues are started before other work that is not",
      "urgent, in the order in which GitHub lists them, until so many workers are at them. Nothing that runs is stopped for it, each",
      "sub-issue has one session as ever, and caps, limits and the wishes of each sub-issue for its agent hold. Where there are more",
      "sub-issues than that, the others take their turn by the mode. It ends with the issue, or with `/orchestrate swarm 0`.",
    ].join("\n"),
  ],
  split: [
    [
      "Pieces are read from the issue's checklist, its numbered steps, its sections or its acceptance criteria, with their order and effort,",
      "and shown in the comment; nothing starts on the issue meanwhile. `/orchestrate approve` opens an issue for each as a sub-issue,",
      "`/orchestrate undo` takes the proposal back. A text that changes needs another proposal, and a running session is ended first. How",
      "texts are read is in [splitting.md](splitting.md).",
    ].join("\n"),
  ],
  undo: [
    [
      "`hold`, `resume`, `priority`, `estimate`, `swarm`, `blocked-by`, `unblock`, `cancel`, `fail` and `complete` can be taken back,",
      "`split` before it is approved, `assign` and `approve` before work has begun, and `pause`, `mode`, `attack`, `enable` and `disable`",
      "where the last of them was given on this very",
      "issue. An issue that `complete` has closed is opened again; a session that was cancelled stays cancelled. What something newer has",
      "changed, what merged work rests on, and an undo itself cannot be taken back: the answer says what to do instead.",
    ].join("\n"),
  ],
};
