/** What Prometheus scrapes: a real request, and every line of the answer. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { minute, pass } from "../engine/given.ts";
import { givenRoutes } from "./given.ts";

/** The samples by name and labels, as a scraper reads them; every other line must be a comment of the format. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.trimEnd().split("\n")) {
    if (/^# (?:HELP|TYPE) [a-z0-9_]+ \S/.test(line)) continue;
    const found = /^(?<name>[a-z0-9_]+(?:\{[^}]*\})?) (?<value>\S+)$/.exec(line)?.groups;
    if (found === undefined) throw new Error(`Not a sample: ${line}`);
    samples.set(found["name"] ?? "", Number(found["value"]));
  }
  return samples;
}

test("the figures of every repository are there for Prometheus, and only for whoever has the token", async () => {
  const it = await givenRoutes({ names: ["acme/shop", "acme/till"] });
  await pass(it.clock, minute);
  const { status, headers, text } = await it.ask("/metrics");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const samples = samplesOf(text);
  for (const repository of ["acme/shop", "acme/till"]) {
    const of = (name: string): number | undefined => samples.get(`${name}{repository="${repository}"}`);
    expect([of("queue_depth"), of("held_back_tasks"), of("active_tasks"), of("open_tasks")]).toEqual([2, 0, 1, 3]);
    expect([of("assignments_total"), of("reassignments_total"), of("conflicts_total")]).toEqual([1, 0, 0]);
    expect([of("assignment_latency_ms_count"), of("p95_assignment_latency_ms")]).toEqual([1, 0]);
    expect(samples.get(`assignment_latency_ms_bucket{repository="${repository}",le="1000"}`)).toBe(1);
    expect(samples.get(`assignment_latency_ms_bucket{repository="${repository}",le="+Inf"}`)).toBe(1);
    expect(of("orchestrator_memory_limit_mb")).toBe(512);
    expect(of("orchestrate_system_health")).toBe(1);
  }
  expect((await it.ask("/metrics", { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
});

test("the rules of docs/prometheus-alerts.yml alert on series that are there", () => {
  const rules = parse(readFileSync(new URL("../../docs/prometheus-alerts.yml", import.meta.url), "utf8")) as {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
  };
  // A series without samples is not shown, so they are read where they are named.
  const source = readFileSync(new URL("../../src/http/metrics.ts", import.meta.url), "utf8");
  const found = rules.groups.flatMap((group) => group.rules);
  expect(found.length).toBeGreaterThan(5);
  const blind = found.filter(({ expr }) => {
    const named = [...expr.matchAll(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b|\bconflicts\b/g)].map(([name]) => name);
    return named.length === 0 || named.some((name) => !source.includes(`"${name}"`));
  });
  expect(blind.map(({ alert }) => alert)).toEqual([]);
});

test("a session that never starts is counted as a conflict while it does not, and as a matter for people when one is told", async () => {
  const it = await givenRoutes({ names: ["acme/shop"], agents: [{ id: "jules", type: "jules", timeout: "9h" }] });
  const read = async (): Promise<readonly (number | undefined)[]> => {
    const samples = samplesOf((await it.ask("/metrics")).text);
    const of = (name: string, more = ""): number | undefined => samples.get(`${name}{repository="acme/shop"${more}}`);
    return [of("conflicts", ',kind="silence"'), of("conflicts", ',kind="merge"'), of("escalations_total")];
  };
  expect(await read()).toEqual([0, 0, 0]);
  await pass(it.clock, 61 * minute);
  expect(await read()).toEqual([1, 0, 0]);
  await pass(it.clock, 60 * minute);
  expect(await read()).toEqual([1, 0, 1]);
});

test("how often GitHub was asked what is new is counted, and how long ago that was", async () => {
  const it = await givenRoutes();
  const read = async (): Promise<readonly (number | undefined)[]> => {
    const samples = samplesOf((await it.ask("/metrics")).text);
    return ["refreshes_total", "seconds_since_refresh"].map((name) => samples.get(`${name}{repository="acme/shop"}`));
  };
  expect(await read()).toEqual([0, 0]);
  await pass(it.clock, 3 * minute);
  const [count = 0, seconds = Infinity] = await read();
  expect(count).toBeGreaterThanOrEqual(2);
  expect(seconds).toBeLessThan(90);
  const { json } = await it.ask("/orchestrator/status");
  expect(json.refresh).toMatchObject({ count, added: 0, removed: 0, changed: 0 });
});
