/** `orchestrate dlq`: what was given up and nobody has seen to, and what a person does about one of them. */
import { demandWriter } from "./actor.ts";
import { CommandFailed } from "./failure.ts";
import { neverRun, readState, withRepository, type Target } from "./reach.ts";
import type { Answer } from "./answer.ts";
import { toLetterViews } from "../engine/letter-views.ts";
import type { Command } from "../model/command.ts";
import type { CommandId } from "../model/ids.ts";
import { describeSubject, renderLettersPage, toLettersDocument, type LetterView } from "../views/letters-page.ts";
import { toPlainLine } from "../views/markdown.ts";
import { toPlainWords } from "../views/plain-page.ts";
import { wireOrder } from "../wire.ts";

export interface DlqOptions {
  readonly repository?: string;
}

/** All that there are. Reads only. */
export async function listLetters(options: DlqOptions): Promise<Answer> {
  return withRepository(options.repository, async (target) => {
    const views = toLetterViews((await readState(target)).state);
    return {
      document: toLettersDocument(target.repository, views),
      page: renderLettersPage(target.repository, views),
    };
  });
}

export type LetterAct = Extract<Command, { readonly type: "HandleLetter" }>["act"];

/** Has one of them tried again, or forgotten. Rejects with one sentence, also where that is not to be. */
export async function seeToLetter(act: LetterAct, letter: string, options: DlqOptions): Promise<Answer> {
  return withRepository(options.repository, async (target) => {
    const view = await handle(target, act, letter);
    const done = { repository: target.repository, id: view.id, act, what: describeSubject(view.letter.subject) };
    return { document: done, page: describeDone(target, act, view) };
  });
}

/** Who asks, and whether it can be, is found out before anything is written. */
async function handle(target: Target, act: LetterAct, letter: string): Promise<LetterView> {
  const { state } = await readState(target);
  const view = toLetterViews(state).find(({ id }) => id === letter);
  if (view === undefined)
    throw new CommandFailed(
      `There is no dead letter ${toPlainLine(letter)} in ${target.repository}, or it is over. \`orchestrate dlq\` lists them.`,
    );
  if (act === "retry" && view.refusal !== null)
    throw new CommandFailed(`${letter} is not tried again. ${toPlainWords(view.refusal)}`);
  const { login: by } = await demandWriter(target, "see to the dead letters of");
  const toCommand = (id: CommandId): Command => ({ type: "HandleLetter", id, letter, act, by });
  const told = (await wireOrder(target.surroundings, { ...target, toCommand })) ?? neverRun(target);
  if (told.events.length === 0)
    throw new CommandFailed(`${letter} was over by the time it came to it: nothing was changed.`);
  return view;
}

function describeDone({ repository }: Target, act: LetterAct, { id, letter }: LetterView): string {
  const head = `${repository} ${toPlainLine(id, 120)} (${describeSubject(letter.subject)})`;
  if (act === "drop") return `${head} is forgotten.`;
  const next =
    letter.subject.kind === "issue"
      ? "It is read again with the next full read, within the hour, and stands here again where that fails."
      : "The App does it as soon as it has seen it, else the next cycle; it stands here again where that fails.";
  return `${head} is tried again. ${next}`;
}
