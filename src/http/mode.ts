/** POST /orchestrator/mode: puts a mode in force from the next decision on, as the slash command does. */
import { z } from "zod";
import { noteOnMode } from "../core/instruct-mode.ts";
import { modeInForce } from "../core/rank-ready.ts";
import type { Repository } from "../engine/repository.ts";
import { toCommandId } from "../model/ids.ts";
import { modes } from "../model/mode.ts";
import { anyMode } from "./answer-fields.ts";
import { awaitDecision } from "./await-decision.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

const Input = z.strictObject({
  mode: z.enum(modes, `must be ${modes.slice(0, -1).join(", ")} or ${modes.at(-1)}, or null`).nullable(),
  repository: repositoryName,
});

const Output = z.object({
  repository: z.string(),
  mode: anyMode,
  setBy: z.string().nullable(),
  note: z.string().nullable(),
});

/** No login has a colon. */
const holder = "http:token";

export const mode: Route = {
  method: "POST",
  path: "/orchestrator/mode",
  access: "token",
  summary: "Ranks the ready tasks of a repository by another mode from now on",
  input: Input,
  output: Output,
  answer: switchMode,
};

async function switchMode({ input, key, ground }: Call): Promise<unknown> {
  const wanted = parseInput(Input, input);
  const repository = findRepository(ground, wanted.repository, "`repository` in the body");
  const { lane } = repository;
  const id = key === null ? lane.nextId("mode") : toCommandId(`http:mode:${key}`);
  const isRepeated = lane.stream.peek()?.seen.has(id) === true;
  const decided = lane.submit([{ type: "SwitchMode", id, mode: wanted.mode, by: holder }]);
  await awaitDecision(decided, { clock: ground.clock, what: "The switch" });
  return { repository: repository.name, ...standingOf(repository, isRepeated) };
}

/** What is in force now: after a repetition it may be what somebody else has asked for since. */
function standingOf({ lane }: Repository, isRepeated: boolean): Readonly<Record<string, unknown>> {
  const state = lane.stream.peek();
  if (state === null) throw new Error("A lane that has decided has a state.");
  const context = lane.contextOf(state);
  const note = isRepeated
    ? "This Idempotency-Key was used before, so nothing was changed now."
    : noteOnMode({ state, context });
  return { mode: modeInForce(state, context), setBy: state.modeBy, note };
}
