/** Who ticked what: read off the edits, and never in favour of somebody who may not. */
import { describe, expect, test } from "vitest";
import { ticksOf } from "../../src/engine/cockpit-ticks.ts";
import type { Actor, Permission } from "../../src/model/actor.ts";
import type { CockpitEdit } from "../../src/ports/cockpit.ts";

function body(...keys: readonly string[]): string {
  return keys.map((key) => `- [x] words <!-- orchestrate:box:${key} -->`).join("\n");
}

function actor(login: string, permission: Permission): Actor {
  return { login, id: 1, kind: "user", permission };
}

const ann = actor("ann", "admin");
const sam = actor("sam", "read");
const bot: Actor = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" };

function ours(at: number): CockpitEdit {
  return { at, by: bot, isOwn: true, body: null };
}

function by(who: Actor, at: number, text: string | null): CockpitEdit {
  return { at, by: who, isOwn: false, body: text };
}

function ticked(edits: readonly CockpitEdit[], since = 0): readonly string[] {
  return ticksOf(edits, since).map(({ key, by: who, at }) => `${who.login} ${key} at ${at}`);
}

describe("ticks", () => {
  test("are those of whoever made the edit that brought them", () => {
    const edits = [ours(1), by(sam, 2, body("pause")), by(ann, 3, body("pause", "mode:critical"))];
    expect(ticked(edits)).toEqual(["sam pause at 2", "ann mode:critical at 3"]);
  });

  test("that we have written over still count, and count anew after that", () => {
    const edits = [ours(1), by(ann, 2, body("pause")), ours(3), by(ann, 4, body("pause"))];
    expect(ticked(edits)).toEqual(["ann pause at 2", "ann pause at 4"]);
  });

  test("that were taken in do not come again, but for the second in which they were", () => {
    const edits = [ours(1), by(ann, 2, body("pause")), by(ann, 3, body("pause", "stop"))];
    expect(ticked(edits, 3)).toEqual(["ann stop at 3"]);
  });

  test("count for the one who may least where it cannot be told who made them", () => {
    const edits = [ours(1), by(sam, 2, null), by(ann, 3, body("stop"))];
    expect(ticked(edits)).toEqual(["sam stop at 3"]);
  });

  test("in the oldest edit that is known count for nobody, unless it follows one of ours", () => {
    expect(ticked([by(ann, 2, body("stop"))])).toEqual([]);
    expect(ticked([by(sam, 2, body("stop")), by(ann, 3, body("stop", "pause"))])).toEqual(["ann pause at 3"]);
  });

  test("taken back and made again are two", () => {
    const edits = [ours(1), by(ann, 2, body("pause")), by(ann, 3, body()), by(ann, 4, body("pause"))];
    expect(ticked(edits)).toEqual(["ann pause at 2", "ann pause at 4"]);
  });
});
