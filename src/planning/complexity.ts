/** How much there is to a text, and so whether it is better split: long, many files, several kinds of work, an order, open questions. */
import type { Complexity, Piece } from "../model/split.ts";
import { shownText } from "./harmless.ts";
import { stagesOf } from "./order-pieces.ts";

/** Work up to this, in this many files, is done by one agent in one go. */
const simpleMinutes = 30;
const simpleFiles = 3;
/** From so many reasons on. */
const highReasons = 3;

const filePattern = /(?<![\w/.-])(?:[\w-]{1,60}\/){1,8}[\w.-]{1,80}\.[a-z]{1,5}\b|`[\w-]{1,60}\.[a-z]{1,5}`/g;
const unknownPattern = /\b(?:tbd|to be decided|unclear|investigate|research|figure out|find out|spike)\b|\?(?=\s|$)/gi;

const kindsOfWork: readonly (readonly [string, RegExp])[] = [
  ["backend", /\b(?:api|backend|back end|endpoints?|server|service)\b/i],
  ["data", /\b(?:database|migrations?|schema|sql|tables?)\b/i],
  ["frontend", /\b(?:css|frontend|front end|page|screen|ui|user interface)\b/i],
  ["tests", /\b(?:e2e|test(?:s|ed|ing)?)\b/i],
  ["documentation", /\b(?:changelog|docs?|documentation|readme)\b/i],
  ["security", /\b(?:audit|authentication|authorization|permissions?|security)\b/i],
  ["operations", /\b(?:ci|deploy(?:ment|ing)?|monitoring|pipeline|release|rollout)\b/i],
];

/** What is judged: the text, what it is estimated at, and the pieces that were read from it. */
export interface Judged {
  readonly title: string;
  readonly body: string;
  readonly minutes: number | null;
  readonly pieces: readonly Piece[];
}

/** The level, with its reasons; the same text gives the same. */
export function assessComplexity({ title, body, minutes, pieces }: Judged): Complexity {
  const text = `${title}\n${shownText(body)}`;
  const efforts = pieces.map((piece) => piece.minutes);
  const sum = efforts.reduce<number>((total, each) => total + (each ?? 0), 0);
  const whole = minutes ?? (efforts.includes(null) ? 0 : sum);
  const reasons = [
    whole > simpleMinutes ? `it is estimated at ${whole} min, and more than ${simpleMinutes} are long for one go` : "",
    describeFiles(text),
    describeKinds(text),
    describeOrder(pieces),
    describeUnknowns(text),
  ].filter((reason) => reason !== "");
  const level = reasons.length === 0 ? "low" : reasons.length < highReasons ? "medium" : "high";
  return { level, reasons };
}

function describeFiles(text: string): string {
  const files = new Set(text.match(filePattern) ?? []);
  return files.size > simpleFiles ? `it names ${files.size} files` : "";
}

function describeKinds(text: string): string {
  const kinds = kindsOfWork.flatMap(([name, words]) => (words.test(text) ? [name] : []));
  return kinds.length > 1 ? `it is several kinds of work (${kinds.join(", ")})` : "";
}

function describeOrder(pieces: readonly Piece[]): string {
  const stages = stagesOf(pieces);
  return stages > 1 ? `its parts build on each other, ${stages} in a row` : "";
}

function describeUnknowns(text: string): string {
  const count = text.match(unknownPattern)?.length ?? 0;
  return count > 1 ? `it leaves ${count} questions open` : "";
}
