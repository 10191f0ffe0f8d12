/**
 * The number of each id. Ids are looked up for every edge and for every event, which is most of the work of planning and a good part of
 * that of a fold: an open hash table in one typed array takes half to two thirds of a Map's time (measured on ids that were just
 * read), and leaves no garbage.
 */
import { at } from "./graph.ts";

/** Ids count up at their ends, and these characters tell most of them apart. */
const hashedCharacters = 8;

/**
 * How far from its place an id may be put. Among twice as many places as ids, even a million come no farther than about 70.
 * Ids that end alike, by chance or by intent, would make every look-up slow: they are left to a Map.
 */
const distanceMax = 128;
const firstCount = 16;

/** Numbers ids in the order in which they come, from 0. */
export class IdIndex<Id extends string> {
  readonly #ids: Id[] = [];
  /** In pairs: the number of an id plus 1, or 0 where there is none, and the hash of the id. */
  #places: Int32Array;
  #mask: number;
  /** How far from its place an id was put at most. */
  #farthest = 0;
  /** In place of all that, where ids end alike. */
  #map: Map<Id, number> | null = null;

  /** Takes how many ids are expected; more of them may come. */
  constructor(expected: number = firstCount) {
    let count = 2;
    while (count < 2 * expected) count *= 2;
    this.#places = new Int32Array(2 * count);
    this.#mask = count - 1;
  }

  get size(): number {
    return this.#ids.length;
  }

  idOf(number: number): Id {
    return this.#ids[number] as Id;
  }

  /** -1 where the id has no number. */
  find(id: Id): number {
    return this.#map === null ? this.#lookUp(id, hashOf(id)) : (this.#map.get(id) ?? -1);
  }

  /** The number of the id, which gets the next one if it has none. */
  number(id: Id): number {
    if (this.#map !== null) return this.#numberInMap(this.#map, id);
    const places = this.#places;
    const hash = hashOf(id);
    for (let distance = 0; distance <= distanceMax; distance += 1) {
      const place = 2 * ((hash + distance) & this.#mask);
      const taken = at(places, place);
      if (taken === 0) {
        if (distance > this.#farthest) this.#farthest = distance;
        return this.#settle(id, place, hash);
      }
      if (at(places, place + 1) === hash && this.#ids[taken - 1] === id) return taken - 1;
    }
    return this.#numberInMap(this.#crowd(), id);
  }

  /** Gives the id the next number, at a place that is free. */
  #settle(id: Id, place: number, hash: number): number {
    const number = this.#ids.length;
    this.#ids.push(id);
    this.#places[place] = number + 1;
    this.#places[place + 1] = hash;
    if (2 * number + 2 > this.#mask + 1) this.#grow();
    return number;
  }

  #numberInMap(map: Map<Id, number>, id: Id): number {
    const known = map.get(id);
    if (known !== undefined) return known;
    const number = this.#ids.push(id) - 1;
    map.set(id, number);
    return number;
  }

  #lookUp(id: Id, hash: number): number {
    const places = this.#places;
    const farthest = this.#farthest;
    for (let distance = 0; distance <= farthest; distance += 1) {
      const place = 2 * ((hash + distance) & this.#mask);
      const taken = at(places, place);
      if (taken === 0) return -1;
      if (at(places, place + 1) === hash && this.#ids[taken - 1] === id) return taken - 1;
    }
    return -1;
  }

  /** Takes its number from the id that came last. */
  removeLast(): void {
    const id = this.#ids.at(-1);
    if (id === undefined) return;
    if (this.#map !== null) this.#map.delete(id);
    else this.#clear(this.#ids.length, hashOf(id));
    this.#ids.pop();
  }

  /** Leaves the ids to a Map from now on. */
  #crowd(): Map<Id, number> {
    this.#map = new Map(this.#ids.map((id, number) => [id, number]));
    return this.#map;
  }

  /** Of the id that was put last: nobody was put farther from its place because of it. */
  #clear(taken: number, hash: number): void {
    for (let distance = 0; distance <= this.#farthest; distance += 1) {
      const place = 2 * ((hash + distance) & this.#mask);
      if (at(this.#places, place) === taken) this.#places[place] = 0;
    }
  }

  /** Twice the places, and everybody is put again, in turn. */
  #grow(): void {
    const count = 2 * (this.#mask + 1);
    this.#places = new Int32Array(2 * count);
    this.#mask = count - 1;
    this.#farthest = 0;
    for (let number = 0; number < this.#ids.length; number += 1) if (!this.#putAgain(number)) return;
  }

  /** False where it would come too far from its place. */
  #putAgain(number: number): boolean {
    const hash = hashOf(this.#ids[number] as Id);
    for (let distance = 0; distance <= distanceMax; distance += 1) {
      const place = 2 * ((hash + distance) & this.#mask);
      if (at(this.#places, place) !== 0) continue;
      this.#places[place] = number + 1;
      this.#places[place + 1] = hash;
      if (distance > this.#farthest) this.#farthest = distance;
      return true;
    }
    this.#crowd();
    return false;
  }
}

/** Numbers ids by their place in the list. Throws when an id occurs twice. */
export function indexIds<Id extends string>(ids: readonly Id[]): IdIndex<Id> {
  const index = new IdIndex<Id>(ids.length);
  for (let place = 0; place < ids.length; place += 1) {
    const id = ids[place] as Id;
    if (index.number(id) !== place) throw new Error(`Task ${id} is given twice; a task graph needs distinct ids.`);
  }
  return index;
}

/** FNV-1a over the last characters, with the high bits brought down to where the place is read. */
function hashOf(id: string): number {
  let hash = id.length;
  for (let index = Math.max(0, id.length - hashedCharacters); index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
