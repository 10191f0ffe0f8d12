/** The inputs of the Action: each mistake has its sentence, all of them are told at once, and no secret is repeated. */
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { actionModes, inputsOf, parseInputs } from "../../src/action/inputs.ts";
import { readManifest } from "./runner.ts";

type Given = Readonly<Record<string, string>>;

function mistakes(given: Given): readonly string[] {
  const reading = parseInputs((name) => given[name] ?? "");
  return reading.kind === "invalid" ? reading.mistakes : [];
}

function read(given: Given): unknown {
  const reading = parseInputs((name) => given[name] ?? "");
  return reading.kind === "valid" ? reading.inputs : reading.mistakes;
}

const token = "ghs_something";
const credentials = { kind: "token", token };
const pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----";
const told = { task: "gh:1:2", agent: "jules", attempt: "1", fence: "3" };
const job = { token, ...told };
const done = { mode: "report", token, report: "complete", task: "gh:1:2", worker: "jules/1" };
const task = "`task` is missing. Write the task's id, such as gh:123:456.";
const url = "Write the App's address, such as https://orchestrate.example.com; only localhost goes without TLS.";

describe("inputs that are right", () => {
  test.each([
    [
      { mode: "cycle", token },
      { mode: "cycle", credentials, budgetMs: 45_000 },
    ],
    [
      { mode: " event ", token, budget: "2m" },
      { mode: "event", credentials, budgetMs: 120_000 },
    ],
    [
      { mode: "cycle", token, "app-id": "12", "private-key": pem },
      { mode: "cycle", credentials: { kind: "app", appId: "12", privateKey: pem }, budgetMs: 45_000 },
    ],
    [
      { mode: "cycle", token, "alert-webhook": "https://hooks.example/x", "alert-secret": "0123456789abcdef" },
      {
        mode: "cycle",
        credentials,
        budgetMs: 45_000,
        alertReceiver: { url: "https://hooks.example/x", secret: "0123456789abcdef" },
      },
    ],
    [
      { mode: "start-agent", ...job },
      { mode: "start-agent", credentials, ...told, url: null, audience: "orchestrate" },
    ],
    [
      { mode: "watch", ...job, url: "https://orchestrate.example.com", audience: "acme" },
      { mode: "watch", credentials, ...told, url: "https://orchestrate.example.com", audience: "acme" },
    ],
    [
      { ...done, duration: "12m", cost: "1.25", success: "FALSE", fence: "3" },
      {
        mode: "report",
        credentials,
        report: {
          kind: "complete",
          task: "gh:1:2",
          worker: "jules/1",
          durationMs: 720_000,
          costUsd: 1.25,
          isSuccess: false,
        },
        url: null,
        audience: "orchestrate",
        fence: 3,
      },
    ],
    [
      { ...done, report: "fail", reason: "No tests.", retriable: "false", url: "http://localhost:3000" },
      {
        mode: "report",
        credentials,
        report: { kind: "fail", task: "gh:1:2", worker: "jules/1", reason: "No tests.", isRetriable: false },
        url: "http://localhost:3000",
        audience: "orchestrate",
        fence: null,
      },
    ],
    [
      { mode: "plan", token, file: "backlog.json", ranking: "critical" },
      { mode: "plan", file: "backlog.json", ranking: "critical" },
    ],
    [
      { mode: "doctor", token },
      { mode: "doctor", credentials },
    ],
  ])("%o", (given, inputs) => {
    expect(read(given)).toEqual(inputs);
  });
});

describe("each mistake has one sentence", () => {
  test.each<[Given, readonly string[]]>([
    [{}, [`\`mode\` is missing. Write one of ${actionModes.join(", ")}.`]],
    [
      { mode: "cylce" },
      [`\`mode\` is "cylce", which is no mode. Did you mean cycle? The modes are ${actionModes.join(", ")}.`],
    ],
    [
      { mode: "cycle" },
      ["`token` is empty. Leave it out to use the job's own token, or set `app-id` and `private-key`."],
    ],
    [{ mode: "cycle", token, budget: "soon" }, ['`budget` is "soon". Write a duration such as 45s.']],
    [{ mode: "cycle", token, budget: "1s" }, ["`budget` must be from 10s to 6h."]],
    [
      { mode: "cycle", token, "app-id": "12" },
      ["`app-id` is set and `private-key` is not. Set both, or neither to use `token`."],
    ],
    [
      { mode: "cycle", token, "private-key": pem },
      ["`private-key` is set and `app-id` is not. Set both, or neither to use `token`."],
    ],
    [
      { mode: "cycle", token, "app-id": "Iv1.abc", "private-key": "sesame" },
      [
        "`app-id` is not a number. Copy the App ID (not the client ID) from the GitHub App's settings.",
        "`private-key` is not a private key. Use the whole PEM file, from -----BEGIN to -----END.",
      ],
    ],
    [
      { mode: "cycle", token, "alert-secret": "sesame" },
      ["`alert-secret` is set and `alert-webhook` is not. Set both."],
    ],
    [
      { mode: "cycle", token, "alert-webhook": "http://hooks.example/sesame", "alert-secret": "sesame" },
      [
        "`alert-webhook` does not begin with https://. Only an address of this very machine goes without TLS.",
        "`alert-secret` is shorter than 16 characters. Make a longer one.",
      ],
    ],
    [
      { mode: "doctor", token, "alert-webhook": "https://hooks.example/x" },
      ["`alert-webhook` means nothing to mode: doctor. Leave it out, or use a mode that reads it."],
    ],
    [
      { mode: "cycle", token, file: "a.json" },
      ["`file` means nothing to mode: cycle. Leave it out, or use a mode that reads it."],
    ],
    [{ mode: "plan" }, ["`file` is missing. Write the path of a backlog, such as backlog.json."]],
    [
      { mode: "plan", file: "a.json", ranking: "fast" },
      ['`ranking` is "fast". The modes of ranking are priority, blocker, effort, balanced, critical, attack.'],
    ],
    [{ mode: "watch", ...job, task: "" }, [task]],
    [{ mode: "watch", ...job, task: "gh:1" }, ['`task` is "gh:1". Write the task\'s id, such as gh:123:456.']],
    [{ ...done, worker: "jules" }, ['`worker` is "jules". Write the worker\'s id, such as jules/2.']],
    [{ ...done, report: "won" }, ['`report` is "won". Write complete, fail, heartbeat.']],
    [{ ...done, cost: "much" }, ['`cost` is "much". Write US dollars as a number, such as 1.25.']],
    [{ ...done, success: "yes" }, ['`success` is "yes". Write true or false.']],
    [{ ...done, report: "fail" }, ["`reason` is missing. Write in a sentence what went wrong: report: fail needs it."]],
    [
      { ...done, report: "heartbeat" },
      ["`url` is missing. A heartbeat goes to the App: on the state branch each would be a commit."],
    ],
    [{ ...done, url: "http://example.com" }, [`\`url\` is "http://example.com". ${url}`]],
    [{ ...done, url: "https://me:secret@example.com" }, [`\`url\` is "https://me:secret@example.com". ${url}`]],
    [{ ...done, url: "javascript:alert(1)" }, [`\`url\` is "javascript:alert(1)". ${url}`]],
  ])("%o", (given, sentences) => {
    expect(mistakes(given)).toEqual(sentences);
  });
  test("and all of them are told at once", () => {
    expect(mistakes({ mode: "report", report: "fail", task: "12", duration: "x", file: "a" })).toEqual([
      "`token` is empty. Leave it out to use the job's own token, or set `app-id` and `private-key`.",
      '`task` is "12". Write the task\'s id, such as gh:123:456.',
      "`worker` is missing. Write the worker's id, such as jules/2.",
      '`duration` is "x". Write a duration such as 12m.',
      "`reason` is missing. Write in a sentence what went wrong: report: fail needs it.",
      "`file` means nothing to mode: report. Leave it out, or use a mode that reads it.",
    ]);
  });
});

test("hostile text is repeated on one line, bounded, and the token and the key never", () => {
  const [mistake = ""] = mistakes({ mode: `\n::error::x\u001B[31m\u202E${"y".repeat(500)}` });
  expect(mistake).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(mistake.length).toBeLessThan(250);
  expect(mistakes({ mode: "cycle", "app-id": "x", "private-key": "sesame", token }).join()).not.toMatch(/sesame|ghs_/);
});

test("action.yml has the inputs that are read, and no others", async () => {
  const { inputs } = await readManifest();
  expect(Object.keys(inputs).toSorted()).toEqual([...new Set(["mode", ...Object.values(inputsOf).flat()])].toSorted());
});

test("the page about the Action names every mode, input and output", async () => {
  const { inputs, outputs } = await readManifest();
  const rows = (await readFile("docs/action.md", "utf8")).split("\n").filter((line) => line.startsWith("| "));
  const names = new Set(rows.flatMap((row) => (row.split("|")[1] ?? "").match(/(?<=`)[a-z-]+(?=`)/g) ?? []));
  const wanted = [...actionModes, ...Object.keys(inputs), ...Object.keys(outputs)];
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  expect([...names].filter((name) => !wanted.includes(name))).toEqual([]);
});
