/** `orchestrate create --template`: what a task template makes of what somebody says, judged as a whole before any of it is opened. */
import { createHash } from "node:crypto";
import { demandPerson, demandRoom, demandWanted, toIssue, type CreateOptions } from "./create.ts";
import { CommandFailed } from "./failure.ts";
import { openAll, toTrial, type Planned } from "./open-plan.ts";
import { withRepository, type Target } from "./reach.ts";
import { shelfOf, toFound, type Shelf } from "./templates.ts";
import type { Answer } from "./answer.ts";
import type { AtHand } from "../engine/at-hand.ts";
import { listTemplates, readTemplate } from "../github/templates.ts";
import { defaultConfig } from "../model/config.ts";
import { nearest } from "../model/nearest.ts";
import { isTemplateName, templateFolder, templateNamed, type TaskTemplate } from "../model/template.ts";
import { renderTemplate, type TemplateIssue } from "../planning/templates.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";
import { renderOpened, renderTrial, type TemplateResult } from "../views/template-page.ts";
import { count } from "../views/words.ts";
import { wireReading } from "../wire.ts";

export interface FromTemplateOptions extends CreateOptions {
  readonly template: string;
  /** Each `field=value`. */
  readonly set?: readonly string[];
  /** Tells apart what is asked for twice on purpose. */
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** Opens them; their numbers and addresses. Rejects with one sentence, also for somebody who may not. */
export async function createFromTemplate(options: FromTemplateOptions): Promise<Answer> {
  const values = readValues(options);
  return withRepository(options.repository, async (target) => {
    const shelf = shelfOf(target);
    const template = await demandTemplate(shelf, options.template);
    const found = await wireReading(target.surroundings, target);
    const plan = toPlan({ template, values, options }, found, target);
    demandRoom(found);
    const { repository } = target;
    if (options.dryRun === true) {
      const head = `${repository}: the template ${options.template} makes ${count(plan.length, "issue")}. Nothing was written.`;
      return answer(options, { repository, results: plan.map(toTrial) }, (results) => renderTrial(head, results));
    }
    await demandPerson(target);
    const results = await openAll(target, shelf, { plan, selects: selectsOf(found) });
    return answer(options, { repository, results }, (all) => {
      const isNew = all.some((each) => each.isNew);
      const head = `${repository}: ${count(all.length, "issue")} of the template ${options.template}.`;
      return renderOpened(head, all, isNew ? whoTakesThemIn : nothingNew);
    });
  });
}

const whoTakesThemIn = "They become tasks when the App has seen them, else with the next cycle.";
const nothingNew =
  "They were opened with the same words before, so none was opened now. `--key` with a word of your own makes new ones.";

function answer(
  { template, dryRun = false }: FromTemplateOptions,
  { repository, results }: { readonly repository: string; readonly results: readonly TemplateResult[] },
  toPage: (results: readonly TemplateResult[]) => string,
): Answer {
  return { document: { repository, template, dryRun, issues: results }, page: toPage(results) };
}

function readValues({
  template,
  set = [],
  title,
  body,
  bodyFile,
}: FromTemplateOptions): Readonly<Record<string, string>> {
  if (!isTemplateName(template)) throw new UsageError(`--template ${templateNamed}.`);
  if (title !== undefined || body !== undefined || bodyFile !== undefined)
    throw new UsageError(
      "The template has title and text: say --set for its fields, and leave --title, --body and --body-file out.",
    );
  const pairs = set.map((each) => /^(?<name>[^=]{1,60})=(?<value>[^]*)$/.exec(each)?.groups ?? {});
  const names = pairs.map(({ name = "" }) => name.trim());
  if (names.includes("")) throw new UsageError("Write --set as field=value.");
  if (new Set(names).size < names.length) throw new UsageError("Say each field once with --set.");
  return Object.fromEntries(pairs.map(({ value = "" }, index) => [names[index] ?? "", value]));
}

async function demandTemplate({ client, place }: Shelf, name: string): Promise<TaskTemplate> {
  const text = await readTemplate(client, place, name);
  if (text === null) {
    const names = await listTemplates(client, place);
    const near = nearest(name, names);
    const hint =
      near === null
        ? names.length === 0
          ? "there are none"
          : `there are ${names.join(", ")}`
        : `did you mean ${near}?`;
    throw new CommandFailed(`There is no template ${name} in ${templateFolder} on the default branch: ${hint}`);
  }
  const { template, problems } = toFound(name, text);
  if (template !== null) return template;
  throw new CommandFailed(`${templateFolder}/${name}.yml cannot be used: ${toPlainLine(problems.join("; "), 1_000)}`);
}

interface Filling {
  readonly template: TaskTemplate;
  readonly values: Readonly<Record<string, string>>;
  readonly options: FromTemplateOptions;
}

/** Everything is judged before anything is opened: a piece that may not be there would leave half of the work. */
function toPlan(filling: Filling, found: AtHand | null, target: Target): readonly Planned[] {
  const { template, values, options } = filling;
  const rendering = renderTemplate(template, values);
  if (rendering.kind === "refused") throw new UsageError(toPlainLine(rendering.problems.join(" "), 1_000));
  const { whole, pieces } = rendering;
  if (options.estimate !== undefined && pieces.length > 0)
    throw new UsageError("--estimate says nothing of pieces: write it into the template.");
  const isContainer = pieces.length > 0;
  const words = JSON.stringify([
    target.place.id,
    options.template,
    Object.keys(values)
      .toSorted()
      .map((name) => [name, values[name]]),
    options.key ?? "",
  ]);
  return [whole, ...pieces].map((each) => {
    const wanted = demandWanted(wishOf(each, { options, isContainer }));
    const issue = toIssue(wanted, found, { ...target, isContainer: isContainer && each.piece === null });
    return {
      key: digest(`${words}\n${each.piece ?? ""}`),
      piece: each.piece,
      after: each.after,
      issue,
      text: wanted.body,
    };
  });
}

/** What is said on the command line counts for all; what they wait for only for those that could begin. */
function wishOf(
  { title, body, labels, priority, estimate, piece, after }: TemplateIssue,
  { options, isContainer }: { readonly options: FromTemplateOptions; readonly isContainer: boolean },
): Readonly<Record<string, unknown>> {
  const isFirst = isContainer ? piece !== null && after.length === 0 : true;
  const isWork = !isContainer || piece !== null;
  return {
    title,
    body,
    labels: [...labels, ...(options.label ?? [])],
    priority: options.priority ?? priority,
    estimate: options.estimate ?? estimate,
    blockedBy: isFirst ? (options.blockedBy ?? []) : [],
    agent: isWork ? options.agent : undefined,
  };
}

/** Nobody can tell from it what was said: it stands in the issue. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function selectsOf(found: AtHand | null): readonly string[] {
  return (found?.context.config ?? defaultConfig).select.labels.map((label) => label.toLowerCase());
}
