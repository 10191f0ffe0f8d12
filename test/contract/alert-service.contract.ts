/** What every alert service owes its callers, whatever it sends through. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Message } from "../../src/model/alert.ts";
import type { AlertService } from "../../src/ports/alert-service.ts";
import type { WriteOutcome } from "../../src/ports/write-outcome.ts";

/** What the receiver does with a message. */
export type Reception = "take" | "fail" | "busy" | "refuse" | "gone" | "redirect" | "hang" | "cut" | "away";

export interface AlertHost {
  readonly service: AlertService;
  /** Words that must never be told: the address, and what the receiver answers. */
  readonly secrets: readonly string[];
  /** The documents that were taken, in order. */
  taken(): readonly unknown[];
  /** From now on. */
  receive(how: Reception): Promise<void>;
  /** Lets the time pass in which nobody answers. */
  outwait(): Promise<void>;
  close(): Promise<void>;
}

export const message: Message = {
  kind: "alert",
  id: "gh:7/needs_person:gh:7:1001:raised:1000",
  text: "A person is needed.\nWhat helps: /orchestrate retry",
  document: { version: 1, id: "gh:7/needs_person:gh:7:1001:raised:1000", text: "A person is needed. 文字" },
};

async function notify(host: AlertHost, how: Reception): Promise<WriteOutcome> {
  await host.receive(how);
  const sent = host.service.notify(message);
  if (how === "hang") await host.outwait();
  return sent;
}

export function describeAlertService(name: string, createHost: () => Promise<AlertHost>): void {
  describe(`an alert service ${name}`, () => {
    let host: AlertHost;
    beforeEach(async () => {
      host = await createHost();
    });
    afterEach(() => host.close());

    test("delivers a message whole, once for each call, under the id that repetitions share", async () => {
      expect(await notify(host, "take")).toEqual({ kind: "written", commentNode: null });
      expect(await notify(host, "take")).toEqual({ kind: "written", commentNode: null });
      expect(host.taken()).toEqual([message.document, message.document]);
    });

    test.each(["fail", "hang", "cut", "away"] as const)(
      "has it sent again later when the receiver does this: %s",
      async (how) => {
        const outcome = await notify(host, how);
        expect(outcome).toMatchObject({ kind: "delayed", retryAfterMs: 10_000 });
        expect(host.taken()).toEqual([]);
        expect(await notify(host, "take")).toMatchObject({ kind: "written" });
        expect(host.taken()).toEqual([message.document]);
      },
    );

    test("waits for as long as a receiver asks that has too much to do", async () => {
      expect(await notify(host, "busy")).toMatchObject({ kind: "delayed", retryAfterMs: 77_000 });
    });

    test.each(["refuse", "gone", "redirect"] as const)(
      "gives up where the receiver will never take it: %s",
      async (how) => {
        expect(await notify(host, how)).toMatchObject({ kind: "dropped" });
        expect(host.taken()).toEqual([]);
      },
    );

    test("never says where it sends to, or what the receiver answers", async () => {
      for (const how of ["fail", "hang", "cut", "away", "busy", "refuse", "gone", "redirect"] as const) {
        const told = JSON.stringify(await notify(host, how));
        expect(host.secrets.filter((secret) => told.includes(secret))).toEqual([]);
      }
    });
  });
}
