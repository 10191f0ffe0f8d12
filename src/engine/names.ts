/** How the tasks of a state are called by people. */
import { referenceOf } from "../core/waiting.ts";
import type { State } from "../state/state.ts";
import type { EventNames } from "../views/event-families.ts";

export function namesOf(state: State): EventNames {
  return { task: (id) => referenceOf(state, id) };
}
