/** What goes over the wire to a webhook: headers, forms, and what must never be told of its address. */
import { afterEach, expect, test } from "vitest";
import { findAlertProblem, readAlertSettings } from "../../src/alert-settings.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { toBody } from "../../src/webhook/body.ts";
import { message } from "../contract/alert-service.contract.ts";
import { givenReceiver, secret, type Receiver } from "./receiver.ts";

let receiver: Receiver | null = null;
afterEach(() => receiver?.close());

test("a message says what it is and which, and is signed over the very bytes that are sent", async () => {
  receiver = await givenReceiver();
  await receiver.service().notify(message);
  expect(receiver.taken.map(({ headers, body }) => [headers, body])).toEqual([
    [
      expect.objectContaining({
        "content-type": "application/json; charset=utf-8",
        "user-agent": "orchestrate",
        "x-orchestrate-event": "alert",
        "x-orchestrate-delivery": message.id,
        "x-hub-signature-256": expect.stringMatching(/^sha256=[0-9a-f]{64}$/) as string,
      }),
      JSON.stringify(message.document),
    ],
  ]);
});

test("a receiver that finds another signature than it expects takes nothing, and the person is told which two values to check", async () => {
  receiver = await givenReceiver();
  const outcome = await receiver.service({ secret: "another secret, as long" }).notify(message);
  expect(outcome).toEqual({
    kind: "dropped",
    reason: "it does not let us in (401). Check ORCHESTRATE_ALERT_WEBHOOK and ORCHESTRATE_ALERT_SECRET.",
  });
  expect(receiver.taken).toEqual([]);
});

test("a redirect is not followed: no other path is ever asked for", async () => {
  receiver = await givenReceiver();
  await receiver.receive("redirect");
  await receiver.service().notify(message);
  expect(receiver.asked).toHaveLength(1);
});

test("an instant in Retry-After counts as well as seconds, within an hour", async () => {
  receiver = await givenReceiver();
  const answer = (text: string) => async () => new Response(null, { status: 503, headers: { "retry-after": text } });
  const waits: unknown[] = [];
  for (const text of ["90", "0", "999999", new Date(receiver.now() + 120_000).toUTCString(), "soon"]) {
    waits.push(await receiver.service({ fetch: answer(text) }).notify(message));
  }
  expect(waits.map((outcome) => (outcome as { retryAfterMs: number }).retryAfterMs)).toEqual([
    90_000,
    1_000,
    3_600_000,
    expect.closeTo(120_000, -4),
    10_000,
  ]);
});

test("the log has the id of what was not taken, and nothing of the address", async () => {
  receiver = await givenReceiver();
  const lines: string[] = [];
  const journal = {
    ...silentJournal,
    debug: (text: string, data: object) => void lines.push(text + JSON.stringify(data)),
  };
  await receiver.receive("away");
  await receiver.service({ journal: journal as typeof silentJournal }).notify(message);
  expect(lines).toEqual([
    `The webhook did not take a message.{"id":"${message.id}","reason":"its host refused the connection."}`,
  ]);
});

test.each([
  ["https://hooks.slack.com/services/T0/B0/x", { text: message.text }],
  ["https://discord.com/api/webhooks/1/x/slack", { text: message.text }],
  ["https://chat.googleapis.com/v1/spaces/x", { text: message.text }],
  ["https://canary.discord.com/api/webhooks/1/x", { content: message.text, allowed_mentions: { parse: [] } }],
  ["https://mattermost.acme.example/hooks/x", message.document],
  ["https://discord.com.evil.example/hooks/x", message.document],
])("%s gets the form that it takes", (url, body) => {
  expect(JSON.parse(toBody(message, url))).toEqual(body);
});

test("Teams gets a card with a line of text for each line", () => {
  const url = "https://prod-1.westeurope.logic.azure.com:443/workflows/x";
  expect(JSON.parse(toBody(message, url))).toMatchObject({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        content: {
          type: "AdaptiveCard",
          body: [
            { type: "TextBlock", text: "A person is needed.", wrap: true },
            { type: "TextBlock", text: "What helps: /orchestrate retry", wrap: true },
          ],
        },
      },
    ],
  });
});

test("what is too long for Discord is cut between two letters", () => {
  const long = { ...message, text: `${"x".repeat(1_998)}🔴🔴🔴` };
  const { content } = JSON.parse(toBody(long, "https://discord.com/api/webhooks/1/x")) as { content: string };
  expect(content).toBe(`${"x".repeat(1_998)}…`);
});

const signed = { ORCHESTRATE_ALERT_WEBHOOK: "https://hooks.example/x", ORCHESTRATE_ALERT_SECRET: secret };

test.each([
  [{}, {}],
  [signed, { alertReceiver: { url: "https://hooks.example/x", secret } }],
  [{ ORCHESTRATE_ALERT_WEBHOOK: "http://127.0.0.1:80/x" }, { alertReceiver: { url: "http://127.0.0.1:80/x" } }],
  [{ ORCHESTRATE_ALERT_WEBHOOK: "http://[::1]:80/x" }, { alertReceiver: { url: "http://[::1]:80/x" } }],
])("the settings %j are taken", (env, settings) => {
  expect(findAlertProblem(env)).toBeNull();
  expect(readAlertSettings(env)).toEqual(settings);
});

test.each([
  ["hooks/sesame", /^ORCHESTRATE_ALERT_WEBHOOK is no address/],
  ["http://hooks.example/sesame", /^ORCHESTRATE_ALERT_WEBHOOK does not begin with https/],
  ["http://127.0.0.1.evil.example/sesame", /does not begin with https/],
  ["file:///etc/sesame", /does not begin with https/],
  ["https://me:sesame@hooks.example/x", /has a name or a password/],
])(
  "the address %s is refused with a sentence that repeats nothing of it, and nothing is sent there",
  (url, problem) => {
    const told = findAlertProblem({ ORCHESTRATE_ALERT_WEBHOOK: url });
    expect(told).toMatch(problem);
    expect(told).not.toContain("sesame");
    expect(readAlertSettings({ ORCHESTRATE_ALERT_WEBHOOK: url })).toEqual({});
  },
);

test("a secret that anybody could guess is refused, and not repeated", () => {
  expect(findAlertProblem({ ...signed, ORCHESTRATE_ALERT_SECRET: "sesame" })).toBe(
    "ORCHESTRATE_ALERT_SECRET is shorter than 16 characters. Make a longer one.",
  );
});
