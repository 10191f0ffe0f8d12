/**
 * Whether a repository has all that Orchestrate needs, and what to do where it has not. Reads only; about twenty requests, and the state.
 * What cannot be seen from here is said to be so, never taken to be right.
 */
import { createAsk, type Ask } from "./ask.ts";
import { checkAgents, checkConfiguration, checkLabels } from "./configuration.ts";
import { checkOperators } from "./operators.ts";
import { withRegistered } from "./registered.ts";
import { checkAccess, checkLimits, checkMerging, checkRepository, type Repository } from "./repository.ts";
import { checkState, checkTicks } from "./state.ts";
import { connect, CredentialsRefused, type Connection } from "../connect.ts";
import { defaultConfig } from "../model/config.ts";
import { GithubFault } from "../github/classify-error.ts";
import type { Finding } from "../views/doctor-page.ts";
import type { RepositoryOctokit, RepositoryPlace, Surroundings } from "../wire.ts";

export interface Examination {
  readonly connection: Connection;
  /** `owner/name`. */
  readonly repository: string;
  /** Where keys of vendors may be given, so that the doctor sees that they are there. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly surroundings: Surroundings;
}

/** Looks at everything, in the order in which a person would set it up. Never rejects for what GitHub answers. */
export async function examine(examination: Examination): Promise<readonly Finding[]> {
  try {
    const octokit = await connect(examination.connection, examination.repository);
    const { repository, surroundings } = examination;
    const { clock } = surroundings;
    const ask = createAsk(octokit, { repository, clock, journal: surroundings.journalFor({}) });
    return await examineWith(ask, { examination, octokit });
  } catch (error) {
    if (error instanceof CredentialsRefused)
      return [{ level: "error", subject: "Credentials", message: error.message, advice: "" }];
    throw error;
  }
}

async function examineWith(
  ask: Ask,
  { examination, octokit }: { readonly examination: Examination; readonly octokit: RepositoryOctokit },
): Promise<readonly Finding[]> {
  const { env, surroundings } = examination;
  const { clock } = surroundings;
  const { findings: first, repository } = await checkRepository(ask);
  if (repository === null) return first;
  const access = await outlast("Permissions", () => checkAccess(ask, examination));
  const { findings: configuration, config } = await checkConfiguration(ask);
  const place = toPlace(repository);
  const registered = await withRegistered(config ?? defaultConfig, surroundings, { place, octokit });
  const inForce = registered.config;
  return [
    ...first,
    ...access,
    ...(await outlast("Limits", () => checkLimits(ask))),
    ...configuration,
    ...registered.findings,
    ...(await outlast("Agents", () => checkAgents(ask, inForce, env))),
    ...(await outlast("Operators", () => checkOperators(ask, inForce))),
    ...(await outlast("Labels", () => checkLabels(ask, inForce))),
    ...(await outlast("Merging", () => checkMerging(ask, { repository, config: inForce }))),
    ...(await outlast("State", () => checkState(ask, clock.now()))),
    ...(await outlast("Ticks", () => checkTicks(ask, clock.now()))),
  ];
}

function toPlace({ full_name, id, default_branch: defaultBranch }: Repository): RepositoryPlace {
  const [owner = "", name = ""] = full_name.split("/");
  return { owner, name, id, defaultBranch };
}

/** One question that fails leaves the others. */
async function outlast(subject: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof GithubFault)) throw error;
    const message = `GitHub could not be asked: ${error.message}`;
    return [{ level: "warning", subject, message, advice: "Look again in some minutes." }];
  }
}
