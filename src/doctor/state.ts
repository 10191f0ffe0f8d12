/** The doctor on the program itself: its state branch, and whether anything ticks. */
import { z } from "zod";
import { branchName, schemaPath, schemaVersion } from "../branch/layout.ts";
import { broken, ok, readText, warning, type Ask } from "./ask.ts";
import { describeInstant, describeSpan } from "../views/words.ts";
import type { Finding } from "../views/doctor-page.ts";

const Ref = z.object({ object: z.object({ sha: z.string() }) });
const Commit = z.object({ commit: z.object({ committer: z.object({ date: z.string() }).nullish() }) });
const Schema = z.object({ version: z.number() });
const Rules = z.array(z.object({ type: z.string() }));
/** Rules that refuse a commit which no pull request brings. */
const hindering: ReadonlySet<string> = new Set([
  "creation",
  "update",
  "pull_request",
  "required_status_checks",
  "required_deployments",
  "merge_queue",
  "workflows",
  "code_scanning",
]);

export async function checkState(ask: Ask, now: number): Promise<readonly Finding[]> {
  return [...(await checkBranch(ask, now)), ...(await checkRules(ask))];
}

async function checkBranch(ask: Ask, now: number): Promise<readonly Finding[]> {
  const subject = "State branch";
  const ref = await ask("/git/ref/{+ref}", Ref, { ref: `heads/${branchName}` });
  if (ref.kind === "forbidden")
    return [broken(subject, `It cannot be read: ${ref.reason}`, "Give the token `contents: write`.")];
  if (ref.kind === "missing") {
    return [ok(subject, `${branchName} does not exist yet: the first run that has something to say makes it.`)];
  }
  const schema = await readText(ask, schemaPath, branchName);
  const version = schema.kind === "data" ? Schema.safeParse(parseJson(schema.data)) : null;
  if (version?.success === true && version.data.version > schemaVersion) {
    const message = `${branchName} was written by a newer version (layout ${version.data.version}; this one knows ${schemaVersion}).`;
    return [broken(subject, message, "Bring this version of Orchestrate up to date.")];
  }
  const commit = await ask("/commits/{sha}", Commit, { sha: ref.data.object.sha });
  const at = commit.kind === "data" ? Date.parse(commit.data.commit.committer?.date ?? "") : Number.NaN;
  const when = Number.isNaN(at) ? "" : `, last written at ${describeInstant(at)}, ${describeSpan(now - at)} ago`;
  return [ok(subject, `${branchName} is there${when}.`)];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A state that cannot be read is refused when it is loaded, with the place.
    return null;
  }
}

async function checkRules(ask: Ask): Promise<readonly Finding[]> {
  const rules = await ask("/rules/branches/{+branch}", Rules, { branch: branchName });
  const found =
    rules.kind === "data" ? [...new Set(rules.data.map(({ type }) => type))].filter((type) => hindering.has(type)) : [];
  if (found.length === 0) return [];
  const message = `A ruleset covers ${branchName} (${found.join(", ")}), which may refuse what is written there.`;
  return [warning("State branch", message, "Leave the branch out of the ruleset, or let Orchestrate bypass it.")];
}

const cycleWorkflow = "orchestrate.yml";
const Workflow = z.object({ state: z.string() });
const Runs = z.object({
  workflow_runs: z.array(
    z.object({ created_at: z.string(), conclusion: z.string().nullish(), html_url: z.string().nullish() }),
  ),
});
/** Ten minutes are asked for; GitHub is often late, and an hour is more than that. */
const lateMs = 60 * 60_000;

/** Whether anything makes Orchestrate run: the workflow's schedule, or an App, which cannot be seen from here. */
export async function checkTicks(ask: Ask, now: number): Promise<readonly Finding[]> {
  const subject = "Last tick";
  const workflow = await ask("/actions/workflows/{file}", Workflow, { file: cycleWorkflow });
  if (workflow.kind === "forbidden")
    return [warning(subject, `Workflows cannot be read: ${workflow.reason}`, "Give the token `actions: read`.")];
  if (workflow.kind === "missing") {
    const message = `There is no .github/workflows/${cycleWorkflow}, so the App has to run somewhere.`;
    return [warning(subject, message, "Without an App, copy that file from Orchestrate's repository.")];
  }
  if (workflow.data.state !== "active") {
    const message = `${cycleWorkflow} is switched off (${workflow.data.state}); GitHub does so after 60 days without activity.`;
    return [broken(subject, message, "Switch it on under Actions.")];
  }
  const runs = await ask("/actions/workflows/{file}/runs", Runs, {
    file: cycleWorkflow,
    status: "completed",
    per_page: 10,
  });
  const last =
    runs.kind === "data"
      ? runs.data.workflow_runs.find(({ conclusion }) => conclusion !== "cancelled" && conclusion !== "skipped")
      : undefined;
  if (last === undefined)
    return [warning(subject, `${cycleWorkflow} has not run yet.`, "Start it by hand once, under Actions.")];
  return [judgeRun(last, now)];
}

function judgeRun(run: z.output<typeof Runs>["workflow_runs"][number], now: number): Finding {
  const subject = "Last tick";
  const at = Date.parse(run.created_at);
  const when = `at ${describeInstant(at)}, ${describeSpan(now - at)} ago`;
  if (run.conclusion !== "success")
    return broken(
      subject,
      `The last run, ${when}, ended with ${run.conclusion ?? "nothing"}.`,
      `Read its log: ${run.html_url ?? ""}`,
    );
  if (now - at > lateMs) {
    const advice =
      "GitHub delays and drops scheduled runs; an App, or a schedule of your own that dispatches the workflow, is on time.";
    return warning(subject, `The last run was ${when}.`, advice);
  }
  return ok(subject, `The last run was ${when}, and went well.`);
}
