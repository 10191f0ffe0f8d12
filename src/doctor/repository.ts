/** The doctor on the repository itself: what the credentials may do, what is left of the hour, and how pull requests are merged. */
import { z } from "zod";
import { findInstallation, type Connection } from "../connect.ts";
import { broken, ok, warning, type Ask } from "./ask.ts";
import type { Config } from "../model/config.ts";
import type { Finding } from "../views/doctor-page.ts";

const Repository = z.object({
  id: z.number(),
  full_name: z.string(),
  default_branch: z.string(),
  has_issues: z.boolean().optional(),
  archived: z.boolean().optional(),
});
export type Repository = z.output<typeof Repository>;

/** Without the repository there is nothing else to look at: then `repository` is null. */
export async function checkRepository(
  ask: Ask,
): Promise<{ readonly findings: readonly Finding[]; readonly repository: Repository | null }> {
  const subject = "Repository";
  const answer = await ask("", Repository);
  if (answer.kind !== "data") {
    const message = "The repository does not exist, or these credentials may not see it.";
    const advice = "Check its name, and that the token is not over, or that the App is installed on it.";
    return { findings: [broken(subject, message, advice)], repository: null };
  }
  const { data } = answer;
  const findings = [
    ...(data.archived === true ? [broken(subject, "It is archived, so nothing can be written.", "Unarchive it.")] : []),
    ...(data.has_issues === false
      ? [broken(subject, "Its issues are switched off.", "Switch them on in the settings: tasks are issues.")]
      : []),
  ];
  if (findings.length > 0) return { findings, repository: data };
  return {
    findings: [ok(subject, `${data.full_name}, whose default branch is ${data.default_branch}.`)],
    repository: data,
  };
}

/** What everything that Orchestrate does needs, as GitHub names permissions. */
const needed: Readonly<Record<string, "read" | "write">> = {
  actions: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  pull_requests: "write",
  statuses: "read",
};

/** An App's permissions can be read; those of a job's token show only in what it does. `repository` is `owner/name`. */
export async function checkAccess(
  ask: Ask,
  { connection, repository }: { readonly connection: Connection; readonly repository: string },
): Promise<readonly Finding[]> {
  return connection.credentials.kind === "app" ? checkInstallation(connection, repository) : checkReads(ask);
}

async function checkInstallation(connection: Connection, repository: string): Promise<readonly Finding[]> {
  const subject = "Permissions";
  const { permissions } = await findInstallation(connection, repository);
  const missing = Object.entries(needed).filter(([permission, level]) => {
    const has = permissions[permission];
    return has === undefined || (level === "write" && has === "read");
  });
  if (missing.length === 0) return [ok(subject, "The App has every permission that it needs.")];
  const list = missing.map(([permission, level]) => `${permission}: ${level}`).join(", ");
  const advice = "Add them in the App's settings, then accept them for the installation.";
  return [broken(subject, `The App lacks ${list}.`, advice)];
}

const probes: readonly (readonly [permission: string, path: string])[] = [
  ["issues", "/issues"],
  ["pull-requests", "/pulls"],
  ["actions", "/actions/workflows"],
  ["contents", "/branches"],
];

async function checkReads(ask: Ask): Promise<readonly Finding[]> {
  const subject = "Permissions";
  const refused: string[] = [];
  for (const [permission, path] of probes) {
    const answer = await ask(path, z.unknown(), { per_page: 1 });
    if (answer.kind !== "data") refused.push(permission);
  }
  const wanted = Object.entries(needed).map(([name, level]) => `${name.replaceAll("_", "-")}: ${level}`);
  if (refused.length > 0) {
    const advice = `Give the job these permissions: ${wanted.join(", ")}.`;
    return [broken(subject, `The token may not read ${refused.join(", ")}.`, advice)];
  }
  const seen =
    "The token may read issues, pull requests, workflows and branches. Whether it may write shows only when it does";
  return [ok(subject, `${seen}; a cycle needs ${wanted.join(", ")}.`)];
}

const Limit = z.object({ limit: z.number(), remaining: z.number(), reset: z.number() });
const Limits = z.object({ resources: z.object({ core: Limit, graphql: Limit }) });
/** Below this part of the hour only what is vital goes out. */
const reserve = 0.1;

export async function checkLimits(ask: Ask): Promise<readonly Finding[]> {
  const subject = "Limits";
  const answer = await ask("GET /rate_limit", Limits);
  // An enterprise server may have no limits, and then has no such page.
  if (answer.kind !== "data") return [ok(subject, "GitHub sets no limit here.")];
  const { core, graphql } = answer.data.resources;
  const words = `${core.remaining} of ${core.limit} REST requests and ${graphql.remaining} of ${graphql.limit} GraphQL points are left this hour.`;
  if ([core, graphql].every(({ remaining, limit }) => remaining >= limit * reserve)) return [ok(subject, words)];
  const at = new Date(Math.max(core.reset, graphql.reset) * 1_000).toISOString();
  return [
    warning(subject, words, `Nothing but the most urgent is asked before ${at}. Find out what else uses this token.`),
  ];
}

const Branch = z.object({
  protection: z.object({ required_status_checks: z.object({ contexts: z.array(z.string()) }).nullish() }).optional(),
});
const Rules = z.array(
  z.object({
    type: z.string(),
    parameters: z.object({ required_status_checks: z.array(z.object({ context: z.string() })).optional() }).nullish(),
  }),
);

/** What keeps red work out: without a required check, whatever is merged counts as green when nothing failed. */
export async function checkMerging(
  ask: Ask,
  { repository, config }: { readonly repository: Repository; readonly config: Config },
): Promise<readonly Finding[]> {
  const branch = repository.default_branch;
  const protection = await ask("/branches/{+branch}", Branch, { branch });
  const rules = await ask("/rules/branches/{+branch}", Rules, { branch });
  const ruled = rules.kind === "data" ? rules.data : [];
  const required = new Set([
    ...(protection.kind === "data" ? (protection.data.protection?.required_status_checks?.contexts ?? []) : []),
    ...ruled.flatMap(({ parameters }) => (parameters?.required_status_checks ?? []).map(({ context }) => context)),
  ]);
  return [checkRequired(branch, [...required]), ...checkWay(config, new Set(ruled.map(({ type }) => type)))];
}

function checkRequired(branch: string, required: readonly string[]): Finding {
  const subject = "Required checks";
  if (required.length > 0) return ok(subject, `${branch} requires ${required.slice(0, 10).join(", ")}.`);
  const message = `No check is required on ${branch}, so a merge counts as done unless a check has failed.`;
  return warning(subject, message, "Require your checks in a branch protection rule or a ruleset.");
}

/** The setting `allow_auto_merge` does not matter: the merge is asked for when everything is there, and not left to GitHub. */
function checkWay({ merge }: Config, rules: ReadonlySet<string>): readonly Finding[] {
  const subject = "Merging";
  const hasQueue = rules.has("merge_queue");
  if (merge === "auto" && hasQueue) {
    const message = "`merge: auto` is configured, and the default branch takes merges only through its merge queue.";
    return [broken(subject, message, "Set `merge: queue`, or let the App bypass that rule.")];
  }
  if (merge === "queue" && !hasQueue) {
    const message =
      "`merge: queue` is configured, and no ruleset asks for a merge queue: what is green is merged at once.";
    return [
      warning(subject, message, "Require a merge queue in a ruleset of the default branch, or set `merge: auto`."),
    ];
  }
  return [ok(subject, merge === "person" ? "A person merges." : `\`merge: ${merge}\` can work.`)];
}
