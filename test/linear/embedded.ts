/** The embedded Linear behind real HTTP, and our noticeboard in front of it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { createNoticeboard } from "../../src/linear/act.ts";
import { toStreamId } from "../../src/model/ids.ts";
import type { Fetch } from "../../src/ports/fetch.ts";
import type { Noticeboard } from "../../src/ports/noticeboard.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { createLinear, type Linear, type LinearOptions } from "../../src/sandbox/linear.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";

export const key = "lin_api_ann";
export const token = "oauth-of-the-app";
export const stream = toStreamId(7);

export interface Embedded {
  readonly linear: Linear;
  readonly clock: ManualClock;
  readonly url: string;
  /** Requests that reached the server. */
  readonly requests: readonly { readonly authorization: string | null; readonly query: string }[];
  /** A process of its own. Its requests go through `way`, where a test wants to disturb them. */
  noticeboard(how?: { readonly key?: string; readonly way?: (fetch: Fetch) => Fetch }): Noticeboard;
}

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A Linear with the issue ENG-1. */
export async function givenLinear(limits: Partial<LinearOptions> = {}): Promise<Embedded> {
  const clock = createManualClock();
  const linear = createLinear({
    clock,
    users: { [key]: "ann", lin_api_bob: "bob", [token]: "orchestrate" },
    ...limits,
  });
  linear.store.addIssue("ENG-1");
  const requests: { authorization: string | null; query: string }[] = [];
  const server = createServer((message, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      const headers = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)]);
      const request = new Request("http://linear.test/graphql", { method: "POST", headers, body });
      const authorization = message.headers.authorization ?? null;
      requests.push({ authorization, query: (JSON.parse(body) as { query: string }).query });
      const answer = await linear.handle(request);
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await answer.text());
    })();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const straight: Fetch = (input, init) => fetch(input, init);
  return {
    linear,
    clock,
    url,
    requests,
    noticeboard: (how = {}) =>
      createNoticeboard({
        load: () => import("@linear/sdk"),
        key: how.key ?? key,
        url,
        fetch: (how.way ?? ((way) => way))(straight),
        clock,
        journal: silentJournal,
      }),
  };
}
