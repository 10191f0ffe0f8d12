/** `orchestrate claim` and `heartbeat`: an agent at somebody's desk takes a task, and says that it is still at it. */
import { demandWriter } from "./actor.ts";
import { demandTask, demandTaskName } from "./demand-task.ts";
import { CommandFailed } from "./failure.ts";
import { demandTaker } from "./next.ts";
import { neverRun, readState, withRepository, type Target } from "./reach.ts";
import type { Answer } from "./answer.ts";
import { paceOf, sessionAtDesk, toHeartbeat, toStopped } from "../engine/heartbeat.ts";
import type { Told } from "../engine/at-hand.ts";
import { UsageError } from "../usage-error.ts";
import {
  renderBeatPage,
  renderClaimPage,
  renderClaimRefusal,
  toBeatDocument,
  toClaimDocument,
  type Beat,
  type Claimed,
} from "../views/desk-page.ts";
import { toPlainLine } from "../views/markdown.ts";
import { wireOrder } from "../wire.ts";
import { wireClaim } from "../wire-desk.ts";

export interface ClaimOptions {
  /** An agent that takes its work itself, or one of its workers. */
  readonly agent: string;
  readonly repository?: string;
}

/** What was claimed, with the prompt. Rejects with one sentence, also where there is nothing to be had. */
export async function claim(wanted: string | undefined, options: ClaimOptions): Promise<Answer> {
  const name = wanted === undefined ? null : demandTaskName(wanted);
  return withRepository(options.repository, async (target) => {
    const found = await readState(target);
    const { agent, worker } = demandTaker(found, options.agent.trim().toLowerCase());
    const task = name === null ? null : demandTask(found, name, target).id;
    const { login: by } = await demandWriter(target, "claim tasks of");
    const request = { task, agent, worker, by };
    const outcome = (await wireClaim(target.surroundings, { ...target, request })) ?? neverRun(target);
    if (outcome.kind === "refused") {
      const about = name === null ? "" : `#${demandTask(found, name, target).definition.number}: `;
      throw new CommandFailed(`Nothing was claimed. ${about}${renderClaimRefusal(outcome.why)}`);
    }
    const claimed: Claimed = { repository: target.repository, task: outcome.task, work: outcome.work };
    return { document: toClaimDocument(claimed), page: renderClaimPage(claimed) };
  });
}

export interface BeatOptions {
  readonly agent: string;
  readonly fence?: number | undefined;
  readonly note?: string | undefined;
  /** It has stopped, and goes on no more. */
  readonly stopped?: boolean | undefined;
  readonly repository?: string | undefined;
}

const noteMax = 500;

/** Whether it is to go on. Rejects with one sentence where it has no live session. */
export async function beat(wanted: string, options: BeatOptions): Promise<Answer> {
  const name = demandTaskName(wanted);
  const note = readNote(options.note);
  return withRepository(options.repository, async (target) => {
    const found = await readState(target);
    const { id } = demandTask(found, name, target);
    const ask = { task: id, target: options.agent.trim().toLowerCase(), fence: options.fence ?? null };
    const live = sessionAtDesk(found, ask);
    if (typeof live === "string")
      throw new CommandFailed(`#${demandTask(found, name, target).definition.number}: ${live}`);
    await demandWriter(target, "report on tasks of");
    const isEnd = options.stopped === true;
    const toCommand = isEnd ? toStopped(live, note) : toHeartbeat(found, live, note);
    const told = toCommand === null ? null : await order(target, toCommand);
    const now = told ?? found;
    const heard: Beat = {
      repository: target.repository,
      task: now.state.tasks.get(id) ?? live,
      session: live.assignment,
      isWritten: (told?.events.length ?? 0) > 0,
      isEnd,
      paceMs: paceOf(found, live),
    };
    return { document: toBeatDocument(heard), page: renderBeatPage(heard) };
  });
}

async function order(target: Target, toCommand: Parameters<typeof wireOrder>[1]["toCommand"]): Promise<Told> {
  return (await wireOrder(target.surroundings, { ...target, toCommand })) ?? neverRun(target);
}

function readNote(text: string | undefined): string | null {
  const note = toPlainLine(text ?? "", noteMax).trim();
  if (text !== undefined && note === "") throw new UsageError("Write what the note says, or leave --note out.");
  return note === "" ? null : note;
}
