/** GET /api/orchestrator/conflicts: what stands in the way of work that is in flight now, and what can be done about each. */
import { z } from "zod";
import { findConflicts } from "../core/conflicts.ts";
import type { State } from "../state/state.ts";
import { referenceOf } from "../core/waiting.ts";
import { conflictKinds, resolutions, type Conflict } from "../model/conflict.ts";
import type { TaskId } from "../model/ids.ts";
import { toIso } from "../views/words.ts";
import { count, instant } from "./answer-fields.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

const Input = z.strictObject({ repository: repositoryName });

const Named = z.object({ task: z.string(), reference: z.string(), url: z.string().nullable() });
const Output = z.object({
  repository: z.string(),
  at: instant,
  count,
  conflicts: z.array(
    Named.extend({
      id: z.string(),
      kind: z.enum(conflictKinds),
      with: z.array(Named),
      files: z.array(z.string()),
      detail: z.string(),
      since: instant.nullable(),
      resolutions: z.array(z.enum(resolutions)),
    }),
  ),
});

export const listConflicts: Route = {
  method: "GET",
  path: "/api/orchestrator/conflicts",
  access: "token",
  summary: "What stands in the way of work that is in flight, and what can be done about each",
  input: Input,
  output: Output,
  answer: answerConflicts,
};

/** More than anybody resolves before asking again. */
const shownMax = 200;

/** Reads what is in memory, and never the store. */
function answerConflicts({ input, ground }: Call): unknown {
  const wanted = parseInput(Input, input);
  const repository = findRepository(ground, wanted.repository, "the query parameter `repository`");
  const state = stateOf(repository);
  const context = repository.lane.contextOf(state);
  const found = findConflicts(state, context);
  return {
    repository: repository.name,
    at: toIso(context.now),
    count: found.length,
    conflicts: found.slice(0, shownMax).map((conflict) => toDocument(state, conflict)),
  };
}

function toDocument(state: State, conflict: Conflict): Readonly<Record<string, unknown>> {
  const { id, kind, task, files, detail, since } = conflict;
  return {
    id,
    kind,
    ...named(state, task),
    with: conflict.with.map((each) => named(state, each)),
    files,
    detail: detail.replaceAll("`", ""),
    since: since === null ? null : toIso(since),
    resolutions: conflict.resolutions,
  };
}

function named(state: State, id: TaskId): Readonly<Record<string, unknown>> {
  const url = state.tasks.get(id)?.definition.url ?? state.externals.get(id)?.url ?? null;
  return { task: id, reference: referenceOf(state, id), url };
}
