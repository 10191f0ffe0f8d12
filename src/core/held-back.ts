/**
 * How many ready tasks could be started if workers were free: not those that an earlier stage holds back, and no more than the limits on
 * work in progress have room for. More workers would do nothing for the rest.
 */
import type { Context } from "../model/context.ts";
import type { Kind, Sorting } from "../state/ready-kinds.ts";
import { barrierIn, type Barrier } from "../state/stages.ts";
import type { State } from "../state/state.ts";
import { labelsOf, type Room } from "./work-limits.ts";

/**
 * Within the room that the limits leave, without the ready tasks with the numbers `aside`. Looks at what has changed since the last time and at
 * the kinds that there are, never at the backlog. Exact where no ready task carries two labels of `limits.labels`; else it may be fewer than the
 * best choice among them could start, by no more than the factor of how many such labels a task carries, and is never more.
 */
export function startableWithin(
  state: State,
  { config }: Context,
  { room, aside = [] }: { readonly room: Room; readonly aside?: readonly number[] },
): number {
  const barrier = barrierIn(state, config);
  const limited = [...room.labels.keys()].toSorted();
  if (barrier === null && limited.length === 0) {
    state.kinds.rest();
    return Math.max(0, Math.min(state.ready.size - aside.length, room.all));
  }
  state.kinds.sync(state.ready, sortingOf(state, barrier, limited));
  const left = new Map(room.labels);
  let count = 0;
  for (const { kind, count: ready } of state.kinds.without(aside).toSorted(byLabels)) {
    if (barrier !== null && (kind.stage ?? 0) > barrier.stage) continue;
    const most = Math.max(0, Math.min(ready, ...kind.labels.map((label) => left.get(label) ?? 0)));
    for (const label of kind.labels) left.set(label, (left.get(label) ?? 0) - most);
    count += most;
  }
  return Math.max(0, Math.min(count, room.all));
}

function sortingOf(state: State, barrier: Barrier | null, limited: readonly string[]): Sorting {
  return {
    key: `${barrier?.build ?? ""} ${JSON.stringify(limited)}`,
    kindOf(number) {
      const task = limited.length === 0 ? undefined : state.tasks.at(number);
      const labels = task === undefined ? [] : labelsOf(task);
      return {
        stage: barrier === null ? null : state.stages.stageOf(number),
        labels: limited.filter((label) => labels.includes(label)),
      };
    },
  };
}

/** Those that few limits count first: they leave the most room. By name, because the order of a table is nobody's business. */
function byLabels({ kind: one }: { readonly kind: Kind }, { kind: other }: { readonly kind: Kind }): number {
  if (one.labels.length !== other.labels.length) return one.labels.length - other.labels.length;
  const [name, otherName] = [one.labels.join("\n"), other.labels.join("\n")];
  return name === otherName ? 0 : name < otherName ? -1 : 1;
}

/** The room that both leave. */
export function leastRoom(one: Room, other: Room): Room {
  const labels = [...one.labels].map(
    ([label, room]) => [label, Math.min(room, other.labels.get(label) ?? room)] as const,
  );
  return { all: Math.min(one.all, other.all), labels: new Map(labels) };
}
