import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { permissions } from "../../src/model/actor.ts";
import { neededPermission, parseSlash, slashSpecs } from "../../src/model/slash-commands.ts";
import type { SlashCommand } from "../../src/model/slash.ts";

function parsed(body: string): SlashCommand | string {
  const reading = parseSlash(body);
  if (reading.kind === "command") return reading.command;
  return reading.kind === "problem" ? reading.problem : "none";
}

function summaryOf(body: string): { readonly verb: string; readonly needs: string } {
  const reading = parseSlash(body);
  if (reading.kind !== "command") return { verb: reading.kind, needs: "nothing" };
  return { verb: reading.command.verb, needs: neededPermission(reading.command) };
}

describe("the registry", () => {
  test("has every command of the product, so that help never lacks one", () => {
    const verbs = new Set(slashSpecs.map((spec) => spec.verb));
    const wanted =
      "status explain plan simulate split approve mode attack assign handoff swarm retry complete fail cancel hold resume pause stop priority estimate blocked-by unblock agents enable disable undo help";
    expect([...verbs].toSorted()).toEqual(wanted.split(" ").toSorted());
  });

  test("gives examples that parse to their own command, with the permission that the entry promises", () => {
    const found = slashSpecs.map(({ example }) => ({ example, ...summaryOf(example) }));
    expect(found).toEqual(slashSpecs.map(({ example, verb, needs }) => ({ example, verb, needs })));
  });

  test("asks more of resuming everything than of resuming one task", () => {
    expect(neededPermission({ verb: "resume", number: null })).toBe("write");
    expect(neededPermission({ verb: "resume", number: 12 })).toBe("triage");
    expect(slashSpecs.find((spec) => spec.verb === "resume")?.needs).toBe("write");
  });
});

describe("a comment that asks for us", () => {
  test.each([
    ["/orchestrate status", { verb: "status" }],
    ["/Orchestrate STATUS  \r\nmore text", { verb: "status" }],
    ["  /orchestrate\thold", { verb: "hold" }],
    ["/orchestrate PLAN", { verb: "plan" }],
    ["/orchestrate simulate", { verb: "simulate" }],
    ["/orchestrate Undo", { verb: "undo" }],
    ["/orchestrate", { verb: "help" }],
    ["/orchestrate help me please", { verb: "help" }],
    ["/orchestrate mode Critical", { verb: "mode", mode: "critical" }],
    ["/orchestrate attack ON", { verb: "attack", to: "on" }],
    ["/orchestrate attack off", { verb: "attack", to: "off" }],
    ["/orchestrate assign Jules", { verb: "assign", target: "jules" }],
    ["/orchestrate assign jules/12", { verb: "assign", target: "jules/12" }],
    ["/orchestrate handoff Cursor", { verb: "handoff", target: "cursor" }],
    ["/orchestrate fail it is   broken", { verb: "fail", reason: "it is   broken" }],
    ["/orchestrate priority P0", { verb: "priority", priority: 1 }],
    ["/orchestrate priority low", { verb: "priority", priority: 4 }],
    ["/orchestrate priority 5", { verb: "priority", priority: 5 }],
    ["/orchestrate estimate 2h", { verb: "estimate", minutes: 120 }],
    ["/orchestrate estimate 45", { verb: "estimate", minutes: 45 }],
    ["/orchestrate resume", { verb: "resume", number: null }],
    ["/orchestrate resume #12", { verb: "resume", number: 12 }],
    ["/orchestrate blocked-by #12", { verb: "blocked-by", number: 12, repository: null }],
    ["/orchestrate unblock octo/web.js#7", { verb: "unblock", number: 7, repository: "octo/web.js" }],
    ["/orchestrate unblock @Ada", { verb: "unblock", wait: "@ada" }],
    ["/orchestrate unblock 2026-12-01 10:00 +01:00", { verb: "unblock", wait: "2026-12-01T09:00Z" }],
    ["/orchestrate unblock ci.yml", { verb: "unblock", wait: "workflow ci.yml" }],
    ["/orchestrate unblock workflow ci.yml on main", { verb: "unblock", wait: "workflow ci.yml on main" }],
    [
      "/orchestrate blocked-by https://github.com/octo/web/issues/9#issuecomment-1",
      { verb: "blocked-by", number: 9, repository: "octo/web" },
    ],
    ["/orchestrate swarm 3", { verb: "swarm", workers: 3 }],
    ["/orchestrate swarm 0", { verb: "swarm", workers: 0 }],
    ["/orchestrate disable jules/2", { verb: "disable", worker: "jules/2" }],
    ["/orchestrate enable jules", { verb: "enable", worker: "jules" }],
  ])("%j is understood", (body, command) => {
    expect(parsed(body)).toEqual(command);
  });
});

describe("a comment that does not ask for us", () => {
  test.each([
    "",
    "please /orchestrate status",
    "> /orchestrate cancel",
    "```\n/orchestrate cancel\n```",
    "`/orchestrate cancel`",
    "    /orchestrate cancel",
    "\t/orchestrate cancel",
    "\n/orchestrate cancel",
    "/orchestrated cancel",
    "/orchestrate-cancel",
    "Hello\n/orchestrate cancel",
    "<!-- -->/orchestrate cancel",
  ])("%j is left alone", (body) => {
    expect(parseSlash(body)).toEqual({ kind: "none" });
  });
});

describe("a command that cannot be understood", () => {
  test.each([
    ["/orchestrate retyr", "Did you mean `/orchestrate retry`?"],
    ["/orchestrate blocked_by #1", "Did you mean `/orchestrate blocked-by`?"],
    ["/orchestrate dance", "`/orchestrate help` lists them all."],
    ["/orchestrate mode fast", "The modes are priority, blocker, effort, balanced, critical or attack."],
    ["/orchestrate mode blockr", "Did you mean blocker?"],
    ["/orchestrate mode", "Name the mode"],
    ["/orchestrate attack", "Write on or off."],
    ["/orchestrate attack now", "`now` is neither on nor off."],
    ["/orchestrate priority yesterday", "write urgent, high, medium, low or none"],
    ["/orchestrate estimate soon", "write 30m, 2h or 1d"],
    ["/orchestrate estimate -5", "write 30m, 2h or 1d"],
    ["/orchestrate estimate 0", "between 1 minute and 30 days"],
    ["/orchestrate estimate 9999999d", "between 1 minute and 30 days"],
    ["/orchestrate blocked-by 12 and 13", "Name one issue"],
    ["/orchestrate blocked-by #0", "Name one issue"],
    ["/orchestrate blocked-by #99999999999", "Name one issue"],
    ["/orchestrate resume octo/web#1", "an issue of this repository"],
    ["/orchestrate cancel #12", "takes nothing after it"],
    ["/orchestrate plan everything", "takes nothing after it"],
    ["/orchestrate simulate critical", "takes nothing after it"],
    ["/orchestrate simulat", "Did you mean `/orchestrate simulate`?"],
    ["/orchestrate undo everything", "takes nothing after it"],
    ["/orchestrate fail", "Say why"],
    ["/orchestrate assign", "Name the agent"],
    ["/orchestrate assign a b", "neither an agent"],
    ["/orchestrate handoff", "Name the agent"],
    ["/orchestrate handoff cursor/2 please", "neither an agent"],
    ["/orchestrate handoff ../../etc/passwd", "neither an agent"],
    ["/orchestrate handoff $(id)`", "neither an agent"],
    ["/orchestrate hand-off cursor", "Did you mean `/orchestrate handoff`?"],
    ["/orchestrate enable jules/0", "neither an agent"],
    ["/orchestrate swarm", "Say how many workers: 1 to 100, or 0 to call it off."],
    ["/orchestrate swarm 101", "`101` is not a number of workers"],
    ["/orchestrate swarm -1", "`-1` is not a number of workers"],
    ["/orchestrate swarm jules", "`jules` is not a number of workers"],
  ])("%j says what to write instead", (body, hint) => {
    const reading = parseSlash(body);
    expect(reading.kind).toBe("problem");
    expect(parsed(body)).toContain(hint);
  });

  test("repeats nothing that could ping, link or open a tag", () => {
    const problem = parsed("/orchestrate @octocat/<img#12>[x](y)`");
    expect(problem).toContain("`octocat/img12xy` is not a command");
    expect(problem).not.toMatch(/[@<#[]/);
  });

  test("cuts a reason at 300 characters without halving one", () => {
    const command = parsed(`/orchestrate fail ${"🙂".repeat(400)}`);
    expect(command).toEqual({ verb: "fail", reason: "🙂".repeat(300) });
  });
});

describe("whatever a comment holds", () => {
  test("parsing never throws, and the answer is short", () => {
    const tail = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("mode ", "fail ", "blocked-by #", "resume #"));
    fc.assert(
      fc.property(fc.array(tail), (parts) => {
        for (const body of [parts.join(""), `/orchestrate ${parts.join("")}`]) {
          const { verb, needs } = summaryOf(body);
          expect(["none", "problem", ...slashSpecs.map((spec) => spec.verb)]).toContain(verb);
          expect(["nothing", ...permissions]).toContain(needs);
          expect(JSON.stringify(parseSlash(body)).length).toBeLessThan(2_500);
        }
      }),
    );
  });

  test("a comment of a megabyte costs no more than its first thousand characters", () => {
    const started = performance.now();
    for (const filler of ["a", " ", "\r", "#", "/orchestrate "]) {
      expect(parseSlash(`/orchestrate fail ${filler.repeat(1_000_000)}`).kind).not.toBe("none");
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});
