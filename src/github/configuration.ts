/** The configuration file on the default branch, and the check run that says whether it is right. */
import { z } from "zod";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { GithubFault } from "./classify-error.ts";
import { toOutcome } from "./act.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

export const configurationPath = ".github/orchestrate.yml";

const File = z.object({ sha: z.string(), encoding: z.string(), content: z.string() });
const Commits = z.array(z.object({ sha: z.string() })).min(1);
const CheckRuns = z.object({
  check_runs: z.array(
    z.object({ conclusion: z.string().nullish(), output: z.object({ summary: z.string().nullish() }) }),
  ),
});

const checkName = "orchestrate configuration";
const problemsMax = 50;
const written: WriteOutcome = { kind: "written", commentNode: null };

/** The text and blob sha of the file; null when there is none. Rejects with `GithubFault`. */
export async function readConfiguration(
  client: GithubClient,
  place: Place,
): Promise<{ readonly text: string; readonly sha: string } | null> {
  try {
    const answer = await client.read(`GET /repos/{owner}/{repo}/contents/${configurationPath}`, routeOf(place));
    const file = File.safeParse(answer.data);
    if (!file.success || file.data.encoding !== "base64") {
      const message = `${configurationPath} is not a file that can be read (a folder, a link, or more than 1 MB).`;
      throw new GithubFault(message, { kind: "invalid", retryAfterMs: 300_000 });
    }
    return { text: Buffer.from(file.data.content, "base64").toString("utf8"), sha: file.data.sha };
  } catch (error) {
    if (error instanceof GithubFault && error.kind === "gone") return null;
    throw error;
  }
}

/** The commit that last touched the file: a check run hangs on a commit, and the sha at hand is that of the blob. */
async function findCommit(client: GithubClient, place: Place): Promise<string> {
  const answer = await client.read("GET /repos/{owner}/{repo}/commits", {
    ...routeOf(place),
    path: configurationPath,
    per_page: 1,
  });
  const [commit] = Commits.parse(answer.data);
  return commit?.sha ?? "";
}

function renderSummary(problems: readonly string[]): string {
  if (problems.length === 0) return `\`${configurationPath}\` is right and in force.`;
  const shown = problems.slice(0, problemsMax).map((problem) => `- ${problem.slice(0, 500)}`);
  const more = problems.length > problemsMax ? [`- and ${problems.length - problemsMax} more`] : [];
  return [
    `\`${configurationPath}\` cannot be used. The last good configuration stays in force until this is corrected:`,
    "",
    ...shown,
    ...more,
  ].join("\n");
}

/** Says it on the commit, once: the same finding for the same file is not said again. Never rejects. */
export async function reportConfiguration(
  parts: { readonly client: GithubClient; readonly place: Place },
  report: { readonly sha: string; readonly problems: readonly string[] },
): Promise<WriteOutcome> {
  const { client, place } = parts;
  const isRight = report.problems.length === 0;
  const conclusion = isRight ? "success" : "failure";
  const summary = renderSummary(report.problems);
  try {
    const commit = await findCommit(client, place);
    const listed = await client.read("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", {
      ...routeOf(place),
      ref: commit,
      check_name: checkName,
    });
    const [latest] = CheckRuns.parse(listed.data).check_runs;
    if (latest?.conclusion === conclusion && latest.output.summary === summary) return written;
    await client.send("POST /repos/{owner}/{repo}/check-runs", {
      ...routeOf(place),
      name: checkName,
      head_sha: commit,
      status: "completed",
      conclusion,
      external_id: report.sha,
      output: {
        title: isRight ? "The configuration is right" : `${report.problems.length} problem(s) in the configuration`,
        summary,
      },
    });
    return written;
  } catch (error) {
    if (error instanceof GithubFault) return toOutcome(error);
    return { kind: "dropped", reason: `The configuration could not be reported (${String(error).slice(0, 200)}).` };
  }
}
