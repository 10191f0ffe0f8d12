/** Looks: turns a wish into facts about issues and pull requests, with everybody's permission looked up. No judgement. */
import type { TaskId } from "../model/ids.ts";
import type { Observation } from "../model/observation.ts";
import type { Wanted } from "../ports/tracker.ts";
import { resolveReferences, toExternal, toReferenceKey, toWaitedPull } from "./blockers.ts";
import type { LinkNode } from "./answers.ts";
import type { GithubClient } from "./client.ts";
import type { Closers } from "./closers.ts";
import { peopleOf, toIssueFacts } from "./issue-facts.ts";
import type { ReadIssue } from "./issue-facts.ts";
import type { Permissions } from "./permissions.ts";
import { readOneIssue } from "./one-issue.ts";
import { fullNameOf } from "./place.ts";
import type { Place } from "./place.ts";
import { closingOf, objectorsOf, toPullFacts } from "./pull-facts.ts";
import { createIssueReader, startReading } from "./read-issues.ts";
import type { IssueReading } from "./read-issues.ts";
import type { PullExtras } from "./merge-queries.ts";
import { createPullReader } from "./read-pulls.ts";
import type { PullReading } from "./read-pulls.ts";
import type { Reference } from "./references.ts";
import type { WaitReader } from "./external-waits.ts";
import type { External } from "../model/task.ts";

export interface ObserveParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly permissions: Permissions;
  readonly closers: Closers;
  readonly waits: WaitReader;
  readonly selectLabels: () => readonly string[];
  readonly extras?: () => PullExtras;
}

type Gone = Observation["gone"][number];

/** Why issues are gone is asked one by one; many at once mean that the repository was emptied, and nobody needs to know. */
const reasonsMax = 10;
const knownMax = 50_000;

interface Readings {
  readonly issues: IssueReading;
  readonly pulls: PullReading;
}

/** Makes `look` for one repository. It rejects with `GithubFault` when GitHub cannot be asked at all. */
export function createLook(parts: ObserveParts): (wanted: Wanted) => Promise<Observation> {
  const { client, place, selectLabels } = parts;
  const issueReader = createIssueReader({ client, options: () => ({ place, selectLabels: selectLabels() }) });
  const pullReader = createPullReader(parts);
  /** Identities by number, so that an issue that vanishes can be named. */
  const known = new Map<number, TaskId>();

  async function readIssues(wanted: Wanted): Promise<IssueReading> {
    const reading = startReading();
    if (wanted.everything) await issueReader.readSelected(reading, selectLabels());
    await issueReader.readNodes(reading, wanted.tracked);
    await issueReader.readNumbers(reading, [...new Set(wanted.issues)]);
    return reading;
  }

  async function readPulls(wanted: Wanted, reading: IssueReading): Promise<PullReading> {
    const numbers = new Set([...wanted.pulls, ...reading.pulls]);
    for (const number of await pullReader.findByCommits(wanted.commits)) numbers.add(number);
    if (wanted.everything) for (const number of await pullReader.listRecent()) numbers.add(number);
    return pullReader.read([...numbers]);
  }

  return async function look(wanted) {
    const issues = await readIssues(wanted);
    const readings: Readings = { issues, pulls: await readPulls(wanted, issues) };
    remember(known, issues);
    const facts = await toFacts(parts, readings, known);
    const gone = await findGone(parts, { wanted, reading: issues, known });
    const pulls = [...readings.pulls.pulls.values()].map((pull) => toWaitedPull(place, pull));
    const externals = [...pulls, ...(await parts.waits.refresh(wanted.waits ?? []))];
    const unreadable = [...issues.unreadable, ...readings.pulls.unreadable];
    return {
      isComplete: wanted.everything,
      ...facts,
      externals,
      gone,
      unreadable: unreadable.map(([number, reason]) => {
        const isAbsent = issues.absent.has(number);
        return { number, reason, ...(isAbsent && { isAbsent }) };
      }),
    };
  };
}

/** What texts refer to: issues that were read anyway cost nothing, the others are resolved together. */
async function resolveAll(
  parts: ObserveParts,
  readings: Readings,
  { known, unproven }: { readonly known: ReadonlyMap<number, TaskId>; readonly unproven: ReadonlySet<TaskId> },
): Promise<ReadonlyMap<string, External>> {
  const { place } = parts;
  const closing = [...readings.pulls.pulls.values()].flatMap((pull) => closingOf(pull, place));
  const references: Reference[] = [
    ...[...readings.issues.issues.values()].flatMap((issue) => issue.references),
    // Of what a pull request closes only the identity counts, and that never changes.
    ...closing.filter((reference) => !known.has(reference.number)),
  ];
  const resolved = new Map<string, External>();
  const unknown: Reference[] = [];
  for (const reference of references) {
    const issue = reference.repository === null ? readings.issues.issues.get(reference.number) : undefined;
    if (issue === undefined) unknown.push(reference);
    else resolved.set(toReferenceKey(place, reference), toExternal(place, toLink(place, issue), unproven));
  }
  return new Map([...resolved, ...(await resolveReferences(parts, unknown))]);
}

/** Closed issues that nobody closed whose word counts, among those that were read and those that they wait for. */
function findUnproven({ place, closers }: ObserveParts, issues: readonly ReadIssue[]): Promise<ReadonlySet<TaskId>> {
  closers.learn(issues);
  const links = issues.flatMap(({ node }) => [...(node.blockedBy.nodes ?? []), ...(node.subIssues.nodes ?? [])]);
  const named = new Set(issues.flatMap(({ references }) => references.map((reference) => reference.number)));
  const read = issues.filter(({ node }) => named.has(node.number)).map((issue) => toLink(place, issue));
  return closers.unproven([...read, ...links.filter((link) => link !== null)]);
}

async function toFacts(
  parts: ObserveParts,
  readings: Readings,
  known: ReadonlyMap<number, TaskId>,
): Promise<Pick<Observation, "issues" | "pulls">> {
  const { place } = parts;
  const issues = [...readings.issues.issues.values()];
  const unproven = await findUnproven(parts, issues);
  const resolved = await resolveAll(parts, readings, { known, unproven });
  const pulls = [...readings.pulls.pulls.values()];
  const waits = await parts.waits.resolve(issues.flatMap((issue) => issue.waits));
  const toActor = await parts.permissions.lookUp([
    ...issues.flatMap(peopleOf),
    ...pulls.flatMap((pull) => [pull.author, pull.mergedBy, ...objectorsOf(pull)]),
  ]);
  function toTask(reference: Reference): TaskId | null {
    const own = known.get(reference.number);
    if (own !== undefined) return own;
    const external = resolved.get(toReferenceKey(place, reference));
    return external === undefined || external.state === "missing" ? null : external.id;
  }
  const { defaultBranch } = readings.pulls;
  return {
    issues: issues.map((issue) => toIssueFacts(issue, { place, toActor, resolved, waits, unproven })),
    pulls: pulls.map((pull) => toPullFacts(pull, { place, defaultBranch, toActor, toTask })),
  };
}

function remember(known: Map<number, TaskId>, reading: IssueReading): void {
  for (const [number, issue] of reading.issues) {
    known.delete(number);
    known.set(number, issue.id);
  }
  for (const number of known.keys()) {
    if (known.size <= knownMax) break;
    known.delete(number);
  }
}

interface Search {
  readonly wanted: Wanted;
  readonly reading: IssueReading;
  readonly known: Map<number, TaskId>;
}

async function findGone(parts: ObserveParts, search: Search): Promise<readonly Gone[]> {
  const { wanted, reading, known } = search;
  const ids = new Map([...known, ...wanted.tracked.map((each) => [each.number, each.id] as const)]);
  const moved = wanted.tracked.filter((each) => reading.moved.has(each.node));
  const gone: Gone[] = moved.map((each) => ({ id: each.id, reason: "transferred" }));
  for (const { number } of moved) known.delete(number);
  let askedCount = 0;
  for (const number of reading.absent) {
    const id = ids.get(number);
    if (id === undefined) {
      reading.unreadable.set(number, `there is no issue #${number}`);
      continue;
    }
    askedCount += 1;
    const reason = askedCount > reasonsMax ? "not_found" : await askWhyGone(parts, number);
    gone.push({ id, reason });
    known.delete(number);
  }
  return gone;
}

function toLink(place: Place, { node }: ReadIssue): LinkNode {
  return { ...node, repository: { databaseId: place.id, nameWithOwner: fullNameOf(place) } };
}

async function askWhyGone(parts: ObserveParts, number: number): Promise<Gone["reason"]> {
  const issue = await readOneIssue(parts, number);
  return issue.kind === "here" ? "not_found" : issue.kind;
}
