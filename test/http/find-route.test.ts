/** Which route answers to an address, and what stands in the places of its path. */
import { expect, test } from "vitest";
import { z } from "zod";
import { findRoute } from "../../src/http/find-route.ts";
import { Problem } from "../../src/http/problem.ts";
import type { Route } from "../../src/http/route.ts";

function given(method: Route["method"], path: string): Route {
  const schemas = { input: z.object({}), output: z.null() };
  return { method, path, access: "token", summary: "For a test", ...schemas, answer: () => null };
}

const routes = [
  given("GET", "/tasks"),
  given("POST", "/tasks"),
  given("GET", "/tasks/{id}/history"),
  given("DELETE", "/agents/{id}"),
];

function problemOf(path: string, method: string): unknown {
  try {
    return findRoute(routes, path, method);
  } catch (error) {
    return error instanceof Problem ? [error.status, error.headers] : error;
  }
}

test("what stands in the place of a path is handed over decoded", () => {
  expect(findRoute(routes, "/tasks/gh%3A7%3A1001/history", "GET")).toEqual({
    route: routes[2],
    params: { id: "gh:7:1001" },
  });
});

test("a method is told apart at one address, and HEAD is answered as GET", () => {
  expect(findRoute(routes, "/tasks", "POST").route).toBe(routes[1]);
  expect(findRoute(routes, "/tasks", "HEAD").route).toBe(routes[0]);
});

test("an address that answers to other methods says to which", () => {
  expect(problemOf("/tasks", "PATCH")).toEqual([405, { allow: "GET, HEAD, POST" }]);
  expect(problemOf("/agents/jules", "GET")).toEqual([405, { allow: "DELETE" }]);
});

test.each(["/task", "/tasks/", "/tasks/1", "/tasks//history", "/tasks//history/x", "/tasks/%E0%A4/history", "/agents"])(
  "nothing is at %s",
  (path) => {
    expect(problemOf(path, "GET")).toEqual([404, {}]);
  },
);
