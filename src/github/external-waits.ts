/**
 * What tasks wait for outside: whether a workflow is green, and what became of pull requests and of issues elsewhere. Every
 * look after the first is a conditional request, which costs nothing while nothing changed.
 */
import { z } from "zod";
import { describeWait, toWaitId, workflowOfWait, type Wait } from "../model/external-wait.ts";
import type { TaskId } from "../model/ids.ts";
import type { External } from "../model/task.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient, RestAnswer } from "./client.ts";
import { fullNameOf } from "./place.ts";
import type { Place } from "./place.ts";

/** Remembered answers; more than a repository waits for at once. */
const rememberedMax = 2_000;
/** Asked at once, as with permissions. */
const atOnce = 8;
/** Runs of a workflow that are looked at for one that counts; those of pull requests are between them. */
const runsPerPage = 20;

type State = External["state"];

export interface WaitReader {
  /** The waits of texts as externals, by their identity. Rejects with `GithubFault` when GitHub cannot be asked. */
  resolve(waits: readonly Wait[]): Promise<ReadonlyMap<TaskId, External>>;
  /** Of externals that are waited for, those that are not as they were. One that cannot be asked now is left out. */
  refresh(known: readonly External[]): Promise<readonly External[]>;
}

interface Remembered {
  readonly etag: string | null;
  readonly state: State;
}

interface Question {
  readonly id: TaskId;
  readonly route: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly read: (data: unknown) => State;
}

const ListedIssue = z.object({
  state: z.string(),
  state_reason: z.string().nullish(),
  pull_request: z.object({ merged_at: z.string().nullish() }).nullish(),
});

const Runs = z.object({
  workflow_runs: z.array(
    z.object({
      event: z.string(),
      conclusion: z.string().nullish(),
      repository: z.object({ id: z.number() }).nullish(),
      head_repository: z.object({ id: z.number() }).nullish(),
    }),
  ),
});

/** A pull request counts when it is merged, an issue when it is closed as completed. */
function readIssueState(data: unknown): State {
  const issue = ListedIssue.parse(data);
  if (issue.pull_request) {
    if (issue.pull_request.merged_at) return "completed";
    return issue.state === "open" ? "open" : "not_planned";
  }
  if (issue.state === "open") return "open";
  if (issue.state_reason === "not_planned" || issue.state_reason === "duplicate") return issue.state_reason;
  return "completed";
}

/** The last run that is not of a pull request: whoever opens one chooses the name of its branch, and its code. */
function readRunState(data: unknown): State {
  const runs = Runs.parse(data).workflow_runs;
  const own = runs.find(
    (run) =>
      !run.event.startsWith("pull_request") && (run.head_repository ?? run.repository)?.id === run.repository?.id,
  );
  return own?.conclusion === "success" ? "completed" : "open";
}

function aboutWorkflow(id: TaskId): Question | null {
  const workflow = workflowOfWait(id);
  if (workflow === null) return null;
  return {
    id,
    route: "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
    parameters: {
      owner: workflow.owner,
      repo: workflow.name,
      workflow_id: workflow.file,
      branch: workflow.branch,
      status: "completed",
      per_page: runsPerPage,
    },
    read: readRunState,
  };
}

const referencePattern = /^(?:(?<owner>[\w-]{1,39})\/(?<name>[\w.-]{1,100}))?#(?<number>[1-9]\d{0,9})$/;

function aboutIssue(place: Place, external: External): Question | null {
  const groups = referencePattern.exec(external.reference)?.groups;
  if (groups === undefined) return null;
  return {
    id: external.id,
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}",
    parameters: {
      owner: groups["owner"] ?? place.owner,
      repo: groups["name"] ?? place.name,
      issue_number: Number(groups["number"]),
    },
    read: readIssueState,
  };
}

function etagOf(answer: RestAnswer): string | null {
  const etag = answer.headers["etag"];
  return typeof etag === "string" ? etag : null;
}

/** Makes the reader of one repository. */
export function createWaitReader(parts: { readonly client: GithubClient; readonly place: Place }): WaitReader {
  const { client, place } = parts;
  const remembered = new Map<TaskId, Remembered>();

  function remember(id: TaskId, answer: Remembered): State {
    remembered.delete(id);
    remembered.set(id, answer);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= rememberedMax) break;
      remembered.delete(oldest);
    }
    return answer.state;
  }

  /** Rejects when GitHub cannot be asked now; a clear no is `missing`. */
  async function ask({ id, route, parameters, read }: Question): Promise<State> {
    const known = remembered.get(id);
    try {
      const answer = await client.readIfChanged(route, parameters, known?.etag ?? null);
      if (answer === null && known !== undefined) return known.state;
      return remember(id, { etag: answer === null ? null : etagOf(answer), state: read(answer?.data) });
    } catch (error) {
      if (error instanceof GithubFault && (error.kind === "retry" || error.kind === "limited")) throw error;
      return remember(id, { etag: null, state: "missing" });
    }
  }

  async function resolveWait(wait: Wait): Promise<External> {
    const id = toWaitId(wait, fullNameOf(place));
    const reference = describeWait(wait);
    if (wait.kind === "date") {
      // Whether it has come is for whoever knows the time.
      return { id, reference, url: null, state: wait.at === null ? "missing" : "open", waitsFor: "date" };
    }
    if (wait.kind === "person") return { id, reference, url: null, state: "open", waitsFor: "person" };
    const question = aboutWorkflow(id);
    const url = `https://${place.host}/${fullNameOf(place)}/actions/workflows/${wait.file}`;
    return { id, reference, url, state: question === null ? "missing" : await ask(question), waitsFor: "workflow" };
  }

  async function news(external: External): Promise<readonly External[]> {
    const question = aboutWorkflow(external.id) ?? aboutIssue(place, external);
    if (question === null) return [];
    try {
      const state = await ask(question);
      return state === external.state ? [] : [{ ...external, state }];
    } catch (error) {
      if (error instanceof GithubFault && error.kind === "limited") throw error;
      return [];
    }
  }

  return {
    async resolve(waits) {
      const unique = new Map(waits.map((wait) => [toWaitId(wait, fullNameOf(place)), wait]));
      const resolved = await inTurns([...unique.values()], resolveWait);
      return new Map(resolved.map((external) => [external.id, external]));
    },
    async refresh(known) {
      return (await inTurns(known, news)).flat();
    },
  };
}

/** Results in order, a few requests at once. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(act))));
  }
  return results;
}
