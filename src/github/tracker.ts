/** The tracker over GitHub: puts hearing, looking and doing together behind the port. */
import { z } from "zod";
import type { BlockerFacts } from "../model/observation.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import type { Brief, Tracker } from "../ports/tracker.ts";
import { TrackerUnavailable } from "../ports/tracker.ts";
import { createWriter } from "./act.ts";
import { catchUp } from "./catch-up.ts";
import { resolveReferences, toReferenceKey } from "./blockers.ts";
import { GithubFault } from "./classify-error.ts";
import { toTrackerUnavailable } from "./client.ts";
import type { GithubClient } from "./client.ts";
import { createCockpitKeeper } from "./cockpit.ts";
import { readConfiguration, reportConfiguration } from "./configuration.ts";
import { createIssue } from "./create-issue.ts";
import { createWaitReader } from "./external-waits.ts";
import { hear } from "./hear.ts";
import { createLabels } from "./labels.ts";
import { createClosers } from "./closers.ts";
import { createLook } from "./observe.ts";
import { createPermissions } from "./permissions.ts";
import { createEnqueue } from "./enqueue.ts";
import { putLabel } from "./listened-label.ts";
import { readTemplate } from "./templates.ts";
import { mergePull } from "./merge.ts";
import { readFailures } from "./read-failures.ts";
import { readOneIssue } from "./one-issue.ts";
import { findOperators } from "./operators.ts";
import { hashText } from "./place.ts";
import type { Place } from "./place.ts";
import type { PullExtras } from "./merge-queries.ts";
import { createPoller } from "./poll.ts";
import { updateBranch } from "./update-branch.ts";
import { keepComment } from "./standing-comment.ts";

export interface TrackerOptions {
  /** Shared with the workflow runs of the same credential, so that they share one budget. */
  readonly client: GithubClient;
  readonly repository: {
    readonly owner: string;
    readonly name: string;
    readonly id: number;
    /** Host of its pages for full addresses in texts; `github.com` unless it is an enterprise server. */
    readonly host?: string;
  };
  readonly clock: Clock;
  readonly journal: Journal;
  /** For what GitHub keeps elsewhere: the logs of jobs. No token is ever sent with it. */
  readonly fetch: Fetch;
  /** The selecting labels of the configuration in force, asked for at every look. */
  readonly selectLabels: () => readonly string[];
  /** What looks at pull requests ask for beside the rest, asked for at every look; nothing where it is left out. */
  readonly extras?: () => PullExtras;
}

const IssueText = z.object({
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  milestone: z.object({ number: z.number() }).nullish().catch(null),
  pull_request: z.unknown().optional(),
});

/** Runs a read and turns every failure into the one error that the port promises. */
async function available<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GithubFault) throw toTrackerUnavailable(error);
    throw new TrackerUnavailable("GitHub's answer could not be read.", { cause: error, retryAfterMs: 60_000 });
  }
}

async function readBrief(client: GithubClient, place: Place, number: number): Promise<Brief | null> {
  const found = await readOneIssue({ client, place }, number);
  if (found.kind !== "here") return null;
  const issue = IssueText.parse(found.data);
  if (issue.pull_request) return null;
  const body = issue.body ?? "";
  const { html_url: url, title, milestone } = issue;
  return { number, url, title, body, hash: hashText(title, body), milestone: milestone?.number ?? null };
}

/** Makes the tracker of one repository. */
export function createTracker(options: TrackerOptions): Tracker {
  const { client, clock, journal, selectLabels } = options;
  const place: Place = { host: "github.com", ...options.repository };
  const permissions = createPermissions({ client, place, clock });
  const waits = createWaitReader({ client, place });
  const closers = createClosers({ client, place, permissions });
  const look = createLook({
    client,
    place,
    permissions,
    closers,
    waits,
    selectLabels,
    ...(options.extras === undefined ? {} : { extras: options.extras }),
  });
  const poller = createPoller({ client, place, clock, permissions });
  const cockpit = createCockpitKeeper({ client, place, permissions, journal });
  const writer = createWriter({ client, labels: createLabels({ client, place }) });

  return {
    look: (wanted) =>
      available(async () => {
        try {
          const observation = await look(wanted);
          for (const each of observation.unreadable)
            journal.warn("An issue could not be read and is set aside.", { ...each });
          return observation;
        } catch (error) {
          poller.owe(wanted);
          throw error;
        }
      }),
    poll: () => available(() => poller.poll()),
    catchUp: (from, first) => available(() => catchUp({ client, place, clock, permissions }, from, first)),
    hear: (hints) => available(() => hear(permissions, hints)),
    resolve: (reference) =>
      available(async (): Promise<BlockerFacts | null> => {
        const resolved = await resolveReferences({ client, place, closers }, [reference]);
        const external = resolved.get(toReferenceKey(place, reference));
        if (external === undefined || external.state === "missing") return null;
        return { ...external, kind: "hard", source: "command" };
      }),
    configuration: () => available(() => readConfiguration(client, place)),
    template: (name) => available(() => readTemplate(client, place, name)),
    write: (surfaces) => writer.write(surfaces),
    react: (reactions) => writer.react(reactions),
    keepComment: (comment) => keepComment({ client, place }, comment),
    reportConfiguration: (sha, problems) => reportConfiguration({ client, place }, { sha, problems }),
    readFailures: (pull, logsMax) =>
      available(() => readFailures({ client, place, permissions, fetch: options.fetch }, { pull, logsMax })),
    brief: (number) => available(() => readBrief(client, place, number)),
    createIssue: (issue, isRepeat) => createIssue({ client, place }, issue, isRepeat),
    findOperators: (logins) => available(() => findOperators({ client, journal }, logins)),
    cockpit: { ...cockpit, look: (issue, since) => available(() => cockpit.look(issue, since)) },
    mergePull: (number, sha) => mergePull({ client, place }, { number, sha }),
    enqueuePull: createEnqueue({ client, place, journal }),
    updateBranch: (number, sha) => updateBranch({ client, place }, { number, sha }),
    label: (number, label, since = null) => putLabel({ client, place }, { number, label, since }),
  };
}
