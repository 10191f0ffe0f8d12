/** The first line of an issue of ours, which says what it was made for. Anybody can write one: it proves nothing without its author. */
import { toTaskId } from "../model/ids.ts";
import type { MadeFor } from "../model/observation.ts";
import type { PieceName } from "../model/split.ts";

/** No marker is longer. */
const markerMax = 200;

const patternMarker = /^<!-- orchestrate:pattern=(?<pattern>[a-z0-9-]{1,40}) series=(?<series>[1-9]\d{0,8}) -->/u;

/** Of a series of a pattern. */
export function toPatternMarker(pattern: string, series: number): string {
  return `<!-- orchestrate:pattern=${pattern} series=${series} -->`;
}

/** Pattern and series of an issue's body; null where it does not begin with our marker. */
function parsePatternMarker(body: string): { readonly pattern: string; readonly series: number } | null {
  const { pattern, series } = patternMarker.exec(body.slice(0, markerMax))?.groups ?? {};
  return pattern === undefined || series === undefined ? null : { pattern, series: Number(series) };
}

const submissionMarker = /^<!-- orchestrate:submission=(?<id>[0-9a-f]{32}) -->/u;

/** Of what was submitted from outside. */
export function toSubmissionMarker(id: string): string {
  return `<!-- orchestrate:submission=${id} -->`;
}

/** The submission of an issue's body; null where it does not begin with our marker. */
function parseSubmissionMarker(body: string): string | null {
  return submissionMarker.exec(body.slice(0, markerMax))?.groups?.["id"] ?? null;
}

const pieceMarker =
  /^<!-- orchestrate:piece=(?<piece>[1-9]\d?) of=gh:(?<repository>\d{1,19}):(?<issue>\d{1,19}) text=(?<hash>[0-9a-f]{16}) -->/u;

/** Of a piece of a split task, counted from 1. */
export function toPieceMarker({ task, hash, piece }: PieceName): string {
  return `<!-- orchestrate:piece=${piece + 1} of=${task} text=${hash} -->`;
}

function parsePieceMarker(body: string): PieceName | null {
  const { piece, repository, issue, hash } = pieceMarker.exec(body.slice(0, markerMax))?.groups ?? {};
  if (piece === undefined || repository === undefined || issue === undefined || hash === undefined) return null;
  return { task: toTaskId(repository, issue), hash, piece: Number(piece) - 1 };
}

/** What the body begins with; null where that is none of our markers. */
export function parseMadeFor(body: string): MadeFor | null {
  const submission = parseSubmissionMarker(body);
  return submission === null ? (parsePieceMarker(body) ?? parsePatternMarker(body)) : { submission };
}
