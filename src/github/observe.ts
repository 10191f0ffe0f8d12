/** Looks: turns a wish into facts about issues and pull requests, with everybody's permission looked up. No judgement. */
import type { TaskId } from "../model/ids.ts";
import type { Observation } from "../model/observation.ts";
import type { Wanted } from "../ports/tracker.ts";
import { resolveReferences, toExternal, toReferenceKey } from "./blockers.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { peopleOf, toIssueFacts } from "./issue-facts.ts";
import type { ReadIssue } from "./issue-facts.ts";
import type { Permissions } from "./permissions.ts";
import { fullNameOf, routeOf } from "./place.ts";
import type { Place } from "./place.ts";
import { closingOf, toPullFacts } from "./pull-facts.ts";
import { createIssueReader, startReading } from "./read-issues.ts";
import type { IssueReading } from "./read-issues.ts";
import { createPullReader } from "./read-pulls.ts";
import type { PullReading } from "./read-pulls.ts";
import type { Reference } from "./references.ts";
import type { External } from "../model/task.ts";

export interface ObserveParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly permissions: Permissions;
  readonly selectLabels: () => readonly string[];
}

type Gone = Observation["gone"][number];

/** Why issues are gone is asked one by one; many at once mean that the repository was emptied, and nobody needs to know. */
const reasonsMax = 10;
const knownMax = 50_000;

/** Makes `look` for one repository. It rejects with `GithubFault` when GitHub cannot be asked at all. */
export function createLook(parts: ObserveParts): (wanted: Wanted) => Promise<Observation> {
  const { client, place, permissions } = parts;
  const issues = createIssueReader({ client, options: () => ({ place, selectLabels: parts.selectLabels() }) });
  const pulls = createPullReader({ client, place });
  /** Identities by number, so that an issue that vanishes can be named. */
  const known = new Map<number, TaskId>();

  async function readWantedIssues(wanted: Wanted): Promise<IssueReading> {
    const reading = startReading();
    if (wanted.everything) await issues.readSelected(reading, parts.selectLabels());
    await issues.readNodes(reading, wanted.tracked);
    await issues.readNumbers(reading, [...new Set(wanted.issues)]);
    return reading;
  }

  async function readWantedPulls(wanted: Wanted, reading: IssueReading): Promise<PullReading> {
    const numbers = new Set([...wanted.pulls, ...reading.pulls]);
    for (const number of await pulls.findByCommits(wanted.commits)) numbers.add(number);
    if (wanted.everything) for (const number of await pulls.listRecent()) numbers.add(number);
    return pulls.read([...numbers]);
  }

  async function resolveAll(reading: IssueReading, pullReading: PullReading): Promise<ReadonlyMap<string, External>> {
    const references: Reference[] = [
      ...[...reading.issues.values()].flatMap((issue) => issue.references),
      ...[...pullReading.pulls.values()].flatMap((pull) => closingOf(pull, place)),
    ];
    const resolved = new Map<string, External>();
    const unknown: Reference[] = [];
    for (const reference of references) {
      const issue = reference.repository === null ? reading.issues.get(reference.number) : undefined;
      if (issue === undefined) unknown.push(reference);
      else resolved.set(toReferenceKey(place, reference), externalOf(place, issue));
    }
    for (const [key, external] of await resolveReferences({ client, place }, unknown)) resolved.set(key, external);
    return resolved;
  }

  function rememberIds(reading: IssueReading): void {
    for (const [number, issue] of reading.issues) {
      known.delete(number);
      known.set(number, issue.id);
    }
    for (const number of known.keys()) {
      if (known.size <= knownMax) break;
      known.delete(number);
    }
  }

  async function findGone(wanted: Wanted, reading: IssueReading): Promise<readonly Gone[]> {
    const ids = new Map(known);
    for (const each of wanted.tracked) ids.set(each.number, each.id);
    const moved = wanted.tracked.filter((each) => reading.moved.has(each.node));
    const gone: Gone[] = moved.map((each) => ({ id: each.id, reason: "transferred" }));
    let askedCount = 0;
    for (const number of reading.absent) {
      const id = ids.get(number);
      if (id === undefined) {
        reading.unreadable.set(number, `there is no issue #${number}`);
        continue;
      }
      askedCount += 1;
      gone.push({ id, reason: askedCount > reasonsMax ? "not_found" : await askWhyGone(client, place, number) });
      known.delete(number);
    }
    return gone;
  }

  return async function look(wanted) {
    const reading = await readWantedIssues(wanted);
    const pullReading = await readWantedPulls(wanted, reading);
    const resolved = await resolveAll(reading, pullReading);
    const read = [...reading.issues.values()];
    const pullNodes = [...pullReading.pulls.values()];
    const toActor = await permissions.lookUp([
      ...read.flatMap(peopleOf),
      ...pullNodes.flatMap((pull) => [pull.author, pull.mergedBy]),
    ]);
    rememberIds(reading);
    const gone = await findGone(wanted, reading);
    return {
      isComplete: wanted.everything,
      issues: read.map((issue) => toIssueFacts(issue, { place, toActor, resolved })),
      pulls: pullNodes.map((pull) =>
        toPullFacts(pull, {
          place,
          defaultBranch: pullReading.defaultBranch,
          toActor,
          toTask: (reference) => {
            const external = resolved.get(toReferenceKey(place, reference));
            return external === undefined || external.state === "missing" ? null : external.id;
          },
        }),
      ),
      gone,
      unreadable: [...reading.unreadable, ...pullReading.unreadable].map(([number, reason]) => ({ number, reason })),
    };
  };
}

function externalOf(place: Place, issue: ReadIssue): External {
  const { node } = issue;
  return toExternal(place, {
    ...node,
    repository: { databaseId: place.id, nameWithOwner: fullNameOf(place) },
  });
}

/** A deleted issue answers 410; a transferred one leads to its new place; anything else is not there for us. */
async function askWhyGone(client: GithubClient, place: Place, number: number): Promise<Gone["reason"]> {
  try {
    const answer = await client.read("GET /repos/{owner}/{repo}/issues/{issue_number}", {
      ...routeOf(place),
      issue_number: number,
    });
    const url = String((answer.data as { repository_url?: unknown } | null)?.repository_url ?? "");
    const isHere = url.toLowerCase().endsWith(`/repos/${fullNameOf(place).toLowerCase()}`);
    return url !== "" && !isHere ? "transferred" : "not_found";
  } catch (error) {
    if (!(error instanceof GithubFault)) throw error;
    if (error.status === 301) return "transferred";
    if (error.kind === "gone") return error.status === 410 ? "deleted" : "not_found";
    throw error;
  }
}
