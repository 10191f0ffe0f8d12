import { readFile } from "node:fs/promises";
import { test, expect } from "vitest";
import { playText } from "./action-play.ts";
import { flawless, shortcomings } from "./play.ts";

test("a whole backlog is done by runs of the workflow alone", async () => {
  const lines: string[] = [];
  const log = (m: string, d?: object) => void lines.push(`${m} ${JSON.stringify(d ?? {})}`);
  const text = await readFile("docs/scenarios/first-ten-minutes.yml", "utf8");
  const report = await playText(`${text}\nruns: { app: false, action: true }\n`, {
    seed: 1, journal: { debug: log, info: log, warn: log, error: log },
  });
  console.log(lines.slice(0, 150).join("\n"), report.api, report.virtualMs / 60000, report.outcome);
  expect(shortcomings(report)).toEqual(flawless);
}, 60_000);
