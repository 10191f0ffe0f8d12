/**
 * The number of each id. Ids are looked up once for every edge, which is most of the work of planning: an open hash table in
 * one typed array takes half to two thirds of a Map's time (measured on ids that were just read), and leaves no garbage.
 */
import { at } from "./graph.ts";

export interface IdIndex<Id extends string> {
  get(id: Id): number | undefined;
}

/** Ids count up at their ends, and these characters tell most of them apart. */
const hashedCharacters = 8;

/**
 * How far from its place an id may be put. Among twice as many places as ids, even a million come no farther than about 70.
 * Ids that end alike, by chance or by intent, would make every look-up slow: they are left to a Map.
 */
const distanceMax = 128;

/** Numbers ids by their place in the list. Throws when an id occurs twice. */
export function indexIds<Id extends string>(ids: readonly Id[]): IdIndex<Id> {
  const table = createTable(ids);
  for (let number = 0; number < ids.length; number += 1) if (!insert(table, number)) return indexInMap(ids);
  return { get: (id) => find(table, id) };
}

interface Table<Id extends string> {
  readonly ids: readonly Id[];
  /** In pairs: the number of an id plus 1, or 0 where there is none, and the hash of the id. */
  readonly places: Int32Array;
  readonly mask: number;
  /** How far from its place an id was put at most. */
  farthest: number;
}

function createTable<Id extends string>(ids: readonly Id[]): Table<Id> {
  let placeCount = 2;
  while (placeCount < 2 * ids.length) placeCount *= 2;
  return { ids, places: new Int32Array(2 * placeCount), mask: placeCount - 1, farthest: 0 };
}

/** False when the id would come too far from its place. */
function insert<Id extends string>(table: Table<Id>, number: number): boolean {
  const { ids, places, mask } = table;
  const id = ids[number] as Id;
  const hash = hashOf(id);
  for (let distance = 0; distance <= distanceMax; distance += 1) {
    const place = 2 * ((hash + distance) & mask);
    const taken = at(places, place);
    if (taken === 0) {
      places[place] = number + 1;
      places[place + 1] = hash;
      table.farthest = Math.max(table.farthest, distance);
      return true;
    }
    if (at(places, place + 1) === hash && ids[taken - 1] === id) throw givenTwice(id);
  }
  return false;
}

function find<Id extends string>({ ids, places, mask, farthest }: Table<Id>, id: Id): number | undefined {
  const hash = hashOf(id);
  for (let distance = 0; distance <= farthest; distance += 1) {
    const place = 2 * ((hash + distance) & mask);
    const taken = at(places, place);
    if (taken === 0) return undefined;
    if (at(places, place + 1) === hash && ids[taken - 1] === id) return taken - 1;
  }
  return undefined;
}

/** FNV-1a over the last characters, with the high bits brought down to where the place is read. */
function hashOf(id: string): number {
  let hash = id.length;
  for (let index = Math.max(0, id.length - hashedCharacters); index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

function indexInMap<Id extends string>(ids: readonly Id[]): IdIndex<Id> {
  const numbers = new Map<Id, number>();
  for (const id of ids) {
    if (numbers.has(id)) throw givenTwice(id);
    numbers.set(id, numbers.size);
  }
  return numbers;
}

function givenTwice(id: string): Error {
  return new Error(`Task ${id} is given twice; a task graph needs distinct ids.`);
}
