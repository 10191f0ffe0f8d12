/** The real HTTP server of a live run: the embedded GitHub, the vendors, and the live page. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { randomBytes } from "node:crypto";
import { renderLivePage } from "./live-page.ts";
import type { LiveState } from "./live-state.ts";

/** No request of the program comes near this; more is refused. */
const bodyBytesMax = 50_000_000;

export interface LiveServer {
  /** `http://127.0.0.1:4000`, without a slash at the end. */
  readonly url: string;
  /** Who answers requests of the API; until it is set they are answered with 503. */
  serve(handle: (request: Request) => Promise<Response>): void;
  /** What the live page polls. */
  show(read: (cursor: number) => LiveState): void;
  close(): Promise<void>;
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyBytesMax) throw new Error(`A request body is larger than ${bodyBytesMax} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function toRequest(message: IncomingMessage, url: string): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    for (const each of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, each);
  }
  const method = message.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? null : await readBody(message);
  return new Request(`${url}${message.url ?? "/"}`, { method, headers, body });
}

async function sendResponse(response: Response, to: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  to.writeHead(response.status, Object.fromEntries(response.headers));
  to.end(body);
}

function sendPage(to: ServerResponse): void {
  const { html, policy } = renderLivePage(randomBytes(16).toString("base64url"));
  to.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  to.end(html);
}

function sendState(state: LiveState, to: ServerResponse): void {
  to.writeHead(200, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  to.end(JSON.stringify(state));
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(new Error(`Port ${port} of 127.0.0.1 cannot be used.`, { cause })));
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** Listens on 127.0.0.1; port 0 takes a free one. Rejects when the port cannot be used. */
export async function startLiveServer(options: { readonly port: number }): Promise<LiveServer> {
  let handle = async (_request: Request): Promise<Response> => new Response("Not ready yet.", { status: 503 });
  let read: ((cursor: number) => LiveState) | null = null;
  let url = "";

  async function answer(message: IncomingMessage, to: ServerResponse): Promise<void> {
    const target = new URL(message.url ?? "/", url);
    if (target.pathname === "/" && message.method === "GET") return sendPage(to);
    if (target.pathname === "/live/state" && read !== null) {
      const after = Number(target.searchParams.get("after") ?? 0);
      return sendState(read(Number.isSafeInteger(after) && after >= 0 ? after : 0), to);
    }
    await sendResponse(await handle(await toRequest(message, url)), to);
  }

  const server = createServer((message, to) => {
    answer(message, to).catch(() => {
      // The client went away, or sent what is no request: there is nobody to tell more than this.
      if (!to.headersSent) to.writeHead(400);
      to.end();
    });
  });
  const port = await listen(server, options.port);
  url = `http://127.0.0.1:${port}`;
  return {
    url,
    serve(next) {
      handle = next;
    },
    show(next) {
      read = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
