import { expect, test } from "vitest";
import { createOperatorJudge } from "../../src/sandbox/operator-judge.ts";
import type { TimelineEntry } from "../../src/sandbox/records.ts";
import { configOf } from "../support/build.ts";

const minute = 60_000;

function given() {
  const found: string[] = [];
  const judge = createOperatorJudge(({ rule, detail }) => void found.push(`${rule}: ${detail}`));
  judge.configure(
    configOf({ agents: [{ id: "cursor", type: "cursor", capacity: 2, operators: ["ada", "bob"] }] }).agents,
  );
  const see = (action: "session_started" | "session_ended", at: number): void =>
    judge.see({ at, actor: "cursor", action, target: "s", detail: { agent: "cursor" } } as unknown as TimelineEntry);
  const isBusy = (login: string, at: number, expiresAt: number | null = null): void =>
    judge.seeStatus({ login, isBusy: true, at, expiresAt });
  return { judge, found, see, isBusy };
}

test("a start for somebody who had long left is found; one that could not know yet is not", () => {
  const it = given();
  it.see("session_started", minute);
  it.isBusy("Ada", 2 * minute);
  it.see("session_started", 10 * minute);
  it.see("session_ended", 11 * minute);
  expect(it.found).toEqual([]);
  it.see("session_started", 40 * minute);
  expect(it.found).toEqual(["agent_unattended: 2 sessions with 1 of 2 operators there"]);
});

test("whoever is back, or whose status is over, counts again", () => {
  const it = given();
  it.isBusy("ada", 0);
  it.isBusy("bob", 0, 30 * minute);
  it.see("session_started", 25 * minute);
  expect(it.found).toHaveLength(1);
  it.see("session_ended", 26 * minute);
  it.judge.seeStatus({ login: "ada", isBusy: false, at: 50 * minute, expiresAt: null });
  it.see("session_started", 90 * minute);
  it.see("session_started", 90 * minute);
  expect(it.found).toHaveLength(1);
});
