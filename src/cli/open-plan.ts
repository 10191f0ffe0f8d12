/**
 * Opens issues that belong together in the name of the person whose token it is, each once however often the same is asked for. A whole with
 * pieces gets the label that selects it last: until its pieces are below it, nobody could start on it.
 */
import type { Issue } from "./create.ts";
import { CommandFailed, explainFailure } from "./failure.ts";
import type { Target } from "./reach.ts";
import type { Shelf } from "./templates.ts";
import { textOf } from "../engine/new-issue.ts";
import { linkPiece } from "../github/link-piece.ts";
import { addLabels, findOpened, listBelow, openOnce, type OpenedIssue } from "../github/open-once.ts";
import { taskIdIn } from "../github/place.ts";
import type { TemplateResult } from "../views/template-page.ts";
import { count } from "../views/words.ts";

/** One issue that is to be there in the end. */
export interface Planned {
  /** What it is known by when it is asked for again. */
  readonly key: string;
  /** Null: the whole, or the only one. */
  readonly piece: string | null;
  /** Pieces before it in the plan. */
  readonly after: readonly string[];
  readonly issue: Issue;
  /** Without what it waits for. */
  readonly text: string;
}

interface Opening {
  /** The whole first, then its pieces, each behind those that it comes after. */
  readonly plan: readonly Planned[];
  /** In small letters. */
  readonly selects: readonly string[];
}

/** How it would be. */
export function toTrial({ piece, after, issue, text }: Planned): TemplateResult {
  const { title, labels } = issue;
  const blockedBy = [...issue.blockedBy, ...after];
  return { piece, title, labels, blockedBy, body: text, number: null, url: null, isNew: true };
}

/** Opens what is not there yet. Rejects with one sentence that says how to go on. */
export async function openAll(target: Target, shelf: Shelf, opening: Opening): Promise<readonly TemplateResult[]> {
  const results: TemplateResult[] = [];
  try {
    await openEach(shelf, opening, results);
    return results;
  } catch (error) {
    const { repository, connection, surroundings } = target;
    const why = explainFailure(error, { repository, connection, now: surroundings.clock.now() });
    const there = `${results.length} of ${count(opening.plan.length, "issue")} are known to be there`;
    throw new CommandFailed(`${why.message} ${there}: the same command goes on with the rest, and opens none twice.`, {
      cause: error,
    });
  }
}

/** The whole comes first, so that each piece is put below it as soon as it is there. */
async function openEach(shelf: Shelf, { plan, selects }: Opening, results: TemplateResult[]): Promise<void> {
  const [whole, ...pieces] = plan;
  if (whole === undefined) return;
  const keys = plan.map(({ key }) => key);
  const before = await findOpened(shelf, keys);
  // Whoever has closed the whole does not want the rest of it.
  const wanted = before.get(whole.key)?.isOpen === false ? [] : pieces;
  const isHeld = (label: string): boolean => wanted.length > 0 && selects.includes(label.toLowerCase());
  const labels = whole.issue.labels.filter((label) => !isHeld(label));
  const root = await openOne(shelf, { planned: whole, labels, after: [], known: before.get(whole.key) });
  results.push(root.result);
  const below = wanted.length > 0 && before.has(whole.key) ? await listBelow(shelf, root.opened.number) : [];
  const there = new Map<string, OpenedIssue>();
  for (const planned of wanted) {
    const after = planned.after.flatMap((id) => there.get(id) ?? []);
    const known = before.get(planned.key);
    const { opened, result } = await openOne(shelf, { planned, labels: planned.issue.labels, after, known });
    if (planned.piece !== null) there.set(planned.piece, opened);
    results.push(result);
    if (below.includes(opened.number)) continue;
    const blockers = after.map(({ number, databaseId }) => ({ issue: number, id: taskIdIn(shelf.place, databaseId) }));
    await linkPiece(shelf, { parent: root.opened.number, after: blockers }, opened);
  }
  const has = root.opened.labels.map((label) => label.toLowerCase());
  const missing = whole.issue.labels.filter((label) => isHeld(label) && !has.includes(label.toLowerCase()));
  if (missing.length > 0) await addLabels(shelf, root.opened.number, missing);
}

interface Wanted {
  readonly planned: Planned;
  readonly labels: readonly string[];
  readonly after: readonly OpenedIssue[];
  /** It was opened before. */
  readonly known: OpenedIssue | undefined;
}

async function openOne(
  shelf: Shelf,
  { planned, labels, after, known }: Wanted,
): Promise<{ readonly opened: OpenedIssue; readonly result: TemplateResult }> {
  const { key, issue, text } = planned;
  const blockedBy = [...issue.blockedBy, ...after.map(({ number }) => number)];
  const body = textOf(blockedBy, text);
  const opened = known ?? (await openOnce(shelf, { key, title: issue.title, body, labels }));
  const { number, url } = opened;
  return { opened, result: { ...toTrial(planned), blockedBy, body, number, url, isNew: known === undefined } };
}
