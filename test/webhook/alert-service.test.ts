/** The port's contract on both of its implementations: in memory, and over HTTP with a receiver that checks signatures. */
import type { WriteOutcome } from "../../src/ports/write-outcome.ts";
import { describeAlertService, type AlertHost, type Reception } from "../contract/alert-service.contract.ts";
import { createMemoryAlerts } from "../support/memory-alerts.ts";
import { givenReceiver } from "./receiver.ts";

const later: WriteOutcome = { kind: "delayed", reason: "not now.", retryAfterMs: 10_000 };
const never: WriteOutcome = { kind: "dropped", reason: "not at all." };
const answers: Readonly<Record<Reception, WriteOutcome>> = {
  take: { kind: "written", commentNode: null },
  fail: later,
  hang: later,
  cut: later,
  away: later,
  busy: { ...later, retryAfterMs: 77_000 },
  refuse: never,
  gone: never,
  redirect: never,
};

describeAlertService("in memory", async (): Promise<AlertHost> => {
  const service = createMemoryAlerts();
  return {
    service,
    secrets: [],
    taken: () => service.messages.map(({ document }) => document),
    receive: async (how) => void (service.answer = () => answers[how]),
    outwait: async () => undefined,
    close: async () => undefined,
  };
});

describeAlertService("over HTTP", async (): Promise<AlertHost> => {
  const receiver = await givenReceiver();
  return {
    service: receiver.service(),
    secrets: [receiver.url, receiver.port, "127.0.0.1", "sesame", "the receiver says"],
    taken: () => receiver.taken.map(({ body }) => JSON.parse(body) as unknown),
    receive: (how) => receiver.receive(how),
    outwait: () => receiver.outwait(),
    close: () => receiver.close(),
  };
});
