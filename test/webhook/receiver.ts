/** A webhook receiver behind real HTTP: it checks the signature as the documentation says, and fails as the test says. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AlertService } from "../../src/ports/alert-service.ts";
import type { Fetch } from "../../src/ports/fetch.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { createWebhookAlerts } from "../../src/webhook/send.ts";
import type { Reception } from "../contract/alert-service.contract.ts";
import { createManualClock } from "../support/manual-clock.ts";

export const secret = "a secret that is long enough";
const path = "/hooks/sesame-0123456789";
const words = "the receiver says something that is nobody's business";

interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly port: string;
  /** Messages that were taken: each with a signature that fits. */
  readonly taken: readonly Taken[];
  /** Paths that were asked for, the taken and the others. */
  readonly asked: readonly string[];
  now(): number;
  receive(how: Reception): Promise<void>;
  /** Until a request hangs, and then past every bound. */
  outwait(): Promise<void>;
  service(how?: {
    readonly secret?: string;
    readonly url?: string;
    readonly journal?: Journal;
    readonly fetch?: Fetch;
  }): AlertService;
  close(): Promise<void>;
}

const answers: Partial<Record<Reception, readonly [number, Readonly<Record<string, string>>]>> = {
  fail: [500, {}],
  busy: [429, { "retry-after": "77" }],
  refuse: [400, {}],
  gone: [410, {}],
  redirect: [307, { location: "/elsewhere" }],
};

export async function givenReceiver(): Promise<Receiver> {
  const clock = createManualClock();
  const taken: Taken[] = [];
  const asked: string[] = [];
  let how: Reception = "take";
  const hangs = new EventEmitter();
  const server: Server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      asked.push(request.url ?? "");
      if (how === "hang") return void hangs.emit("one");
      if (how === "cut") return void request.socket.destroy();
      const [status, headers] = answers[how] ?? [isSigned(body, request.headers) ? 200 : 401, {}];
      if (status === 200) taken.push({ headers: request.headers, body });
      response.writeHead(status, headers).end(words);
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = String((server.address() as AddressInfo).port);
  const url = `http://127.0.0.1:${port}${path}`;
  async function close(): Promise<void> {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return {
    url,
    port,
    taken,
    asked,
    now: () => clock.now(),
    async receive(next) {
      how = next;
      if (next === "away") return close();
      if (server.listening) return;
      server.listen(Number(port), "127.0.0.1");
      await once(server, "listening");
    },
    async outwait() {
      await once(hangs, "one");
      await clock.advance(60_000);
    },
    service: (own = {}) =>
      createWebhookAlerts({
        url: own.url ?? url,
        secret: own.secret ?? secret,
        fetch: own.fetch ?? globalThis.fetch,
        clock,
        journal: own.journal ?? silentJournal,
      }),
    close,
  };
}

/** As docs/alerts.md shows it. */
function isSigned(body: string, headers: IncomingHttpHeaders): boolean {
  const said = Buffer.from(String(headers["x-hub-signature-256"]));
  const due = Buffer.from(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  return said.length === due.length && timingSafeEqual(said, due);
}
