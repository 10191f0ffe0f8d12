/**
 * What docs/http.md shows is what a client gets: each curl of the page is sent, in order, and answered with the JSON below it. Where a comment
 * before one says so, some time has passed.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { mintWorkerToken } from "../../src/http/worker-token.ts";
import { assertDescribed } from "./answers.ts";
import { minute, pass } from "../engine/given.ts";
import { givenRoutes, token } from "./given.ts";
import { workerSecret } from "./given-reporters.ts";

const workerToken = mintWorkerToken(workerSecret, {
  repository: "acme/shop",
  worker: "jules/1",
  fence: null,
  expiresAt: null,
});

interface Example {
  /** How much later than the one before. */
  readonly laterMinutes: number;
  readonly command: string;
  readonly path: string;
  readonly init: RequestInit;
  readonly answer: string;
}

function toExample(command: string, answer: string, later: string | undefined): Example {
  const path = /localhost:3000(?<path>[^\s"]*)/.exec(command)?.groups?.["path"] ?? "";
  const headers = [...command.matchAll(/-H "(?<name>[^:]+): (?<value>[^"]+)"/g)].map(({ groups }) => [
    groups?.["name"] ?? "",
    (groups?.["value"] ?? "").replace("$ORCHESTRATE_HTTP_TOKEN", token).replace("$WORKER_TOKEN", workerToken),
  ]);
  const method = /-X (?<method>[A-Z]+)/.exec(command)?.groups?.["method"];
  const body = /-d '(?<body>[^']+)'/.exec(command)?.groups?.["body"];
  const init = {
    headers: Object.fromEntries(headers),
    method: method ?? (body === undefined ? "GET" : "POST"),
    ...(body !== undefined && { body }),
  };
  return { laterMinutes: Number(later ?? 0), command, path, init, answer };
}

const page = readFileSync(resolve(import.meta.dirname, "../../docs/http.md"), "utf8");
const examples = [
  ...page.matchAll(
    /(?:<!-- (?<later>\d+) minutes later -->\n\n)?```sh\n(?<command>curl .*?)```\n\n```json\n(?<answer>.*?)```/gs,
  ),
].map(({ groups }) => toExample(groups?.["command"] ?? "", groups?.["answer"] ?? "", groups?.["later"]));

test("every request of the page is answered as the page says", async () => {
  const it = await givenRoutes({
    agents: [{ id: "jules", type: "jules", dispatch: "workflow", timeout: "3h" }],
    reports: { workerSecret, oidc: null },
  });
  expect(examples.length).toBe(page.split("```sh\ncurl ").length - 1);
  const described = await fetch(`${it.url}/openapi.json`).then((response) => response.json());
  for (const { laterMinutes, command, path, init, answer } of examples) {
    await pass(it.clock, laterMinutes * minute);
    const response = await fetch(`${it.url}${path}`, init);
    const json = await response.json();
    expect({ command, answer: json }).toEqual({ command, answer: JSON.parse(answer) });
    assertDescribed(described, { method: init.method ?? "GET", path, status: response.status }, json);
  }
});
