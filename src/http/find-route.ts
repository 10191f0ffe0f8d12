/** Which route answers to a method and a path, and what stands in the places of its path. */
import { Problem } from "./problem.ts";
import type { Route } from "./route.ts";

export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Throws a 404 where nothing is at the path, and a 405 where it does not answer to the method. */
export function findRoute(routes: readonly Route[], path: string, asked: string | undefined): Found {
  const here = routes.flatMap((route): readonly Found[] => {
    const params = paramsOf(route.path, path);
    return params === null ? [] : [{ route, params }];
  });
  if (here.length === 0) throw new Problem(404, "There is nothing at this address. docs/http.md lists the routes.");
  const method = asked === "HEAD" ? "GET" : asked;
  const found = here.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  const allow = here.map(({ route }) => (route.method === "GET" ? "GET, HEAD" : route.method)).join(", ");
  throw new Problem(405, `This address answers to ${allow} only.`, { allow });
}

/** Null: the path is not of this template. */
function paramsOf(template: string, path: string): Readonly<Record<string, string>> | null {
  const [places, segments] = [template.split("/"), path.split("/")];
  if (places.length !== segments.length) return null;
  const params: [string, string][] = [];
  for (const [index, place] of places.entries()) {
    const segment = segments[index] ?? "";
    const name = /^\{(?<name>\w+)\}$/.exec(place)?.groups?.["name"];
    if (name === undefined && place !== segment) return null;
    if (name !== undefined && segment === "") return null;
    if (name !== undefined) params.push([name, segment]);
  }
  try {
    return Object.fromEntries(params.map(([name, segment]) => [name, decodeURIComponent(segment)]));
  } catch {
    // What is no text stands for nothing.
    return null;
  }
}
