/** The App of an end-to-end test behind a real port, in virtual time: webhooks are posted to it, and a test asks its routes. */
import { startListeningApp } from "../../src/embed.ts";
import { pause } from "../../src/sandbox/virtual-clock.ts";
import type { E2e } from "./e2e-world.ts";

const token = "0123456789abcdef0123456789abcdef";

export interface Answered {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the route answers: a test compares it.
  readonly json: any;
}

/** Asks a route with the operator's token; time goes on while it is awaited, as some answers need it. */
export type AskApp = (path: string, body?: object, headers?: Readonly<Record<string, string>>) => Promise<Answered>;

/** Starts it, and gives what asks its routes: GET without a body, else POST. */
export async function startServer(e2e: E2e): Promise<AskApp> {
  let url = "";
  await e2e.startApp(undefined, async (parts, held) => {
    const app = await startListeningApp({ ...parts, httpToken: token });
    ({ url } = app);
    return {
      receive: (delivery) => held(post(app.webhookUrl, delivery)),
      stop: () => app.stop(),
    };
  });
  return async (path, body, headers = {}) => {
    const asked = fetch(`${url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).then(async (response) => ({ status: response.status, json: await response.json() }));
    return patiently(e2e, asked);
  };
}

/** A socket gets real time first, and virtual time only where the answer does not come without. */
async function patiently<Result>(e2e: E2e, promise: Promise<Result>): Promise<Result> {
  let isSettled = false;
  const watched = promise.finally(() => void (isSettled = true));
  watched.catch(() => undefined);
  while (!isSettled) {
    for (let round = 0; round < 50 && !isSettled; round += 1) await pause();
    if (!isSettled) await e2e.pass(1_000);
  }
  return watched;
}

async function post(
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<void> {
  const response = await fetch(url, { method: "POST", headers: { ...headers }, body });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the App answered ${response.status}`);
}
