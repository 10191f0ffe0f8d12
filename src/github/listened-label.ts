/**
 * The label that a vendor listens to. What it hears is that the label is put on: one that stands since an earlier attempt is taken off
 * first, or the vendor would never hear of the next.
 */
import { z } from "zod";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { toOutcome } from "./act.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf, type Place } from "./place.ts";

interface Wish {
  readonly number: number;
  readonly label: string;
  /** The end of the attempt before, epoch milliseconds; null: there was none. */
  readonly since: number | null;
}

interface Parts {
  readonly client: GithubClient;
  readonly place: Place;
}

/** Rejects never. Safe to repeat: a label that was put on since is left as it is. */
export async function putLabel(parts: Parts, wish: Wish): Promise<WriteOutcome> {
  try {
    const standsSince = wish.since === null ? null : await readStanding(parts, wish);
    if (standsSince !== null && wish.since !== null) {
      // GitHub tells whole seconds.
      if (standsSince >= Math.floor(wish.since / 1_000) * 1_000) return { kind: "written", commentNode: null };
      await takeOff(parts, wish);
    }
    await parts.client.send("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", {
      ...routeOf(parts.place),
      issue_number: wish.number,
      labels: [wish.label],
    });
    return { kind: "written", commentNode: null };
  } catch (error) {
    if (error instanceof GithubFault) return toOutcome(error);
    return { kind: "delayed", reason: "The label could not be added.", retryAfterMs: 60_000 };
  }
}

const Events = z.array(
  z.object({ event: z.string(), created_at: z.string(), label: z.object({ name: z.string() }).optional() }),
);
const eventsPerPage = 100;
/** Of an issue with more events the newest are not seen: its label is put on anew. */
const pagesMax = 10;

/** When the label was put on that the issue carries now; null where it carries none. */
async function readStanding({ client, place }: Parts, { number, label }: Wish): Promise<number | null> {
  let since: number | null = null;
  for (let page = 1; page <= pagesMax; page += 1) {
    const answer = await client.read("GET /repos/{owner}/{repo}/issues/{issue_number}/events", {
      ...routeOf(place),
      issue_number: number,
      per_page: eventsPerPage,
      page,
    });
    const events = Events.parse(answer.data);
    for (const { event, created_at: at, label: named } of events) {
      if (named?.name.toLowerCase() !== label.toLowerCase()) continue;
      if (event === "labeled") since = Date.parse(at);
      else if (event === "unlabeled") since = null;
    }
    if (events.length < eventsPerPage) break;
  }
  return since;
}

/** Somebody may have done it meanwhile. */
async function takeOff({ client, place }: Parts, { number, label }: Wish): Promise<void> {
  try {
    await client.send("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", {
      ...routeOf(place),
      issue_number: number,
      name: label,
    });
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== "gone") throw error;
  }
}
