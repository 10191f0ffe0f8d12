/**
 * Which boxes of the cockpit were ticked, by whom: read off the edits of its text, since only they tell. Whoever may not is not
 * hidden behind somebody who may: what cannot be told apart counts for the one of them who may least.
 */
import { permissions, type Actor } from "../model/actor.ts";
import type { CockpitEdit } from "../ports/cockpit.ts";
import { readTicks } from "../views/boxes.ts";

export interface Tick {
  /** The key of the box. */
  readonly key: string;
  readonly by: Actor;
  readonly at: number;
}

/**
 * The ticks in `edits` (oldest first) from `since` on. The first edit is only what the next one is compared with, unless it is our
 * own: what others had ticked before it is not known.
 */
export function ticksOf(edits: readonly CockpitEdit[], since: number): readonly Tick[] {
  const ticks: Tick[] = [];
  let known: ReadonlySet<string> | null = null;
  /** Who edited since the last text that is known. */
  let editors: readonly Actor[] = [];
  for (const edit of edits) {
    if (edit.isOwn) {
      // We write every box empty.
      [known, editors] = [new Set(), []];
      continue;
    }
    editors = [...editors, edit.by];
    if (edit.body === null) continue;
    const ticked = readTicks(edit.body);
    const added = known === null || edit.at < since ? [] : without(ticked, known);
    ticks.push(...added.map((key) => ({ key, by: leastPermitted(editors), at: edit.at })));
    [known, editors] = [new Set(ticked), []];
  }
  return ticks;
}

function without(ticked: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return ticked.filter((key) => !known.has(key));
}

function leastPermitted(editors: readonly Actor[]): Actor {
  const rank = (actor: Actor): number => permissions.indexOf(actor.permission);
  return editors.reduce((least, each) => (rank(each) <= rank(least) ? each : least));
}
