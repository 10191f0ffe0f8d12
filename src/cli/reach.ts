/** From a name and the environment to a repository that can be asked and told: what every command on a repository begins with. */
import { gitHostOf, readApiUrl, readCredentials } from "./access.ts";
import { CommandFailed, explainFailure } from "./failure.ts";
import { findOrigin } from "./origin.ts";
import { meterFetch, type MeteredFetch } from "../action/metered-fetch.ts";
import { connect, findPlace, type Connection } from "../connect.ts";
import type { AtHand } from "../engine/at-hand.ts";
import type { Journal } from "../ports/journal.ts";
import { systemSurroundings } from "../system-surroundings.ts";
import { UsageError } from "../usage-error.ts";
import { wireReading, type RepositoryTarget, type Surroundings } from "../wire.ts";

export interface Reached {
  /** `owner/name`, as it was asked for. */
  readonly repository: string;
  readonly connection: Connection;
  readonly surroundings: Surroundings;
  /** Counts what goes to GitHub. */
  readonly meter: MeteredFetch;
}

export interface Target extends Reached, RepositoryTarget {}

type JournalFor = Surroundings["journalFor"];

const nothing = (): void => undefined;
const silent: Journal = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The repository of that name, else of GITHUB_REPOSITORY, else of the checkout; GitHub is not asked yet. Throws a UsageError where it is not clear. */
export async function reach(name: string | undefined, journalFor: JournalFor = () => silent): Promise<Reached> {
  const { env } = process;
  const baseUrl = readApiUrl(env);
  const repository = await findName(name, gitHostOf(baseUrl));
  const system = systemSurroundings(journalFor);
  const meter = meterFetch(system.fetch);
  const { fetch } = meter;
  const connection = { credentials: readCredentials(env), baseUrl, fetch };
  return { repository, connection, surroundings: { ...system, fetch }, meter };
}

async function findName(name: string | undefined, host: string): Promise<string> {
  const given = name ?? (process.env["GITHUB_REPOSITORY"] || undefined);
  const repository = given ?? (await findOrigin(host)) ?? "";
  if (/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(repository)) return repository;
  throw new UsageError("Say which repository, as owner/name, or set GITHUB_REPOSITORY.");
}

/** Does something with the repository. Rejects with one sentence, whatever goes wrong. */
export async function withRepository<Result>(
  name: string | undefined,
  act: (target: Target) => Promise<Result>,
  journalFor?: JournalFor,
): Promise<Result> {
  const reached = await reach(name, journalFor);
  const { repository, connection, surroundings } = reached;
  try {
    const octokit = await connect(connection, repository);
    const place = await findPlace(octokit, repository);
    if (!Number.isSafeInteger(place.id))
      throw new CommandFailed(
        `What answers at ${new URL(connection.baseUrl).origin} is not GitHub: check GITHUB_API_URL.`,
      );
    return await act({ ...reached, octokit, place });
  } catch (error) {
    throw explainFailure(error, { repository, connection, now: surroundings.clock.now() });
  }
}

/** The state as it stands. Throws a sentence where Orchestrate has never run. */
export async function readState(target: Target): Promise<AtHand> {
  return (await wireReading(target.surroundings, target)) ?? neverRun(target);
}

/** Throws what to do where there is no state yet. */
export function neverRun({ repository }: Reached): never {
  throw new CommandFailed(
    `Orchestrate has not run on ${repository} yet: start the App there, or run \`orchestrate cycle ${repository}\` once; \`orchestrate doctor ${repository}\` says what is missing.`,
  );
}
