/** What people do in a scenario, and when. The shape of an act is read liberally: its target may stand in it, beside it, or be it. */
import { z } from "zod";
import { stringify } from "yaml";
import { Duration } from "../model/config-duration.ts";

export type ScenarioAct =
  | { readonly kind: "comment"; readonly issue: string | null; readonly body: string }
  | {
      readonly kind: "label";
      readonly issue: string | null;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | {
      readonly kind: "close";
      readonly issue: string | null;
      readonly reason: "completed" | "not_planned" | "duplicate";
    }
  | { readonly kind: "reopen"; readonly issue: string | null }
  | {
      readonly kind: "edit";
      readonly issue: string | null;
      readonly title?: string;
      readonly body?: string;
    }
  | { readonly kind: "merge"; readonly issue: string | null }
  | {
      readonly kind: "review";
      readonly issue: string | null;
      readonly state: "approved" | "changes_requested" | "commented";
      readonly body: string;
      readonly comments: readonly { readonly path: string; readonly line: number | null; readonly body: string }[];
    }
  | { readonly kind: "config"; readonly issue: null; readonly text: string }
  /** Busy until it is said otherwise, or for so long; or no longer. */
  | { readonly kind: "busy"; readonly issue: null; readonly isBusy: boolean; readonly forMs: number | null };

/** An act at a time; `issue` is a scenario key, null where none was named: the first issue is meant. */
export interface ScenarioEvent {
  readonly atMs: number;
  /** Null: the maintainer. */
  readonly by: string | null;
  readonly act: ScenarioAct;
}

const targetKeys = ["issue", "key", "task", "on", "target", "id", "pull"] as const;
const kinds = ["comment", "label", "close", "reopen", "edit", "merge", "review", "config", "busy"] as const;
type Kind = (typeof kinds)[number];
type Fields = Readonly<Record<string, unknown>>;

function toFields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function toText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : null;
}

function toTexts(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map(toText).filter((text) => text !== null);
}

function targetIn(fields: Fields): string | null {
  for (const key of targetKeys) {
    const text = toText(fields[key]);
    if (text !== null) return text;
  }
  return null;
}

/** What one reading of an act needs: its value, the fields of it, and the target that was named anywhere. */
interface Reading {
  readonly value: unknown;
  readonly fields: Fields;
  readonly issue: string | null;
}

/** `{a: hold}`: the only key that is no field of an act names the issue. */
function pairOf({ fields }: Reading, known: readonly string[]): { key: string; value: unknown } | null {
  const others = Object.keys(fields).filter((key) => !known.includes(key) && !targetKeys.some((name) => name === key));
  const [key] = others;
  return others.length === 1 && key !== undefined ? { key, value: fields[key] } : null;
}

function readComment(reading: Reading): ScenarioAct | string {
  const direct = toText(reading.value) ?? toText(reading.fields["body"]) ?? toText(reading.fields["text"]);
  if (direct !== null) return { kind: "comment", issue: reading.issue, body: direct };
  const pair = pairOf(reading, ["body", "text"]);
  const body = toText(pair?.value);
  if (pair === null || body === null) return 'a comment needs a body: comment: {issue: a, body: "…"}';
  return { kind: "comment", issue: pair.key, body };
}

const labelFields = ["add", "label", "name", "labels", "remove"];

function readLabel(reading: Reading): ScenarioAct | string {
  const { fields } = reading;
  const added = fields["add"] ?? fields["label"] ?? fields["name"] ?? fields["labels"] ?? reading.value;
  const add = toTexts(added);
  const remove = toTexts(fields["remove"]);
  if (add.length + remove.length > 0) return { kind: "label", issue: reading.issue, add, remove };
  const pair = pairOf(reading, labelFields);
  const paired = pair === null ? [] : toTexts(pair.value);
  if (pair === null || paired.length === 0) return "a label act needs a label: label: {issue: a, add: hold}";
  return { kind: "label", issue: pair.key, add: paired, remove: [] };
}

const closeReasons = { completed: "completed", not_planned: "not_planned", duplicate: "duplicate" } as const;

function readClose(reading: Reading): ScenarioAct | string {
  const wanted = toText(reading.fields["reason"] ?? reading.fields["as"]) ?? "completed";
  const reason = Object.entries(closeReasons).find(([name]) => name === wanted.replaceAll(/[ -]/g, "_"))?.[1];
  if (reason === undefined) return `"${wanted}" is not a reason to close: completed, not_planned or duplicate`;
  return { kind: "close", issue: reading.issue ?? toText(reading.value), reason };
}

function readEdit(reading: Reading): ScenarioAct | string {
  const pair = pairOf(reading, ["title", "body"]);
  const fields =
    pair === null
      ? reading.fields
      : { ...toFields(pair.value), body: toText(pair.value) ?? toFields(pair.value)["body"] };
  const title = toText(fields["title"]);
  const body = toText(fields["body"]) ?? toText(reading.value);
  if (title === null && body === null) return "an edit needs a title or a body: edit: {issue: a, body: …}";
  return {
    kind: "edit",
    issue: reading.issue ?? pair?.key ?? null,
    ...(title === null ? {} : { title }),
    ...(body === null ? {} : { body }),
  };
}

const reviewStates = { approved: "approved", changes_requested: "changes_requested", commented: "commented" } as const;
const verdicts: Readonly<Record<string, string>> = {
  approve: "approved",
  request_changes: "changes_requested",
  comment: "commented",
};

function readReview({ fields, value, issue }: Reading): ScenarioAct | string {
  const written = toText(fields["state"]) ?? toText(value) ?? "changes_requested";
  const plain = written.toLowerCase().replaceAll(/[ -]/g, "_");
  const wanted = verdicts[plain] ?? plain;
  const state = Object.entries(reviewStates).find(([name]) => name === wanted)?.[1];
  if (state === undefined) return `"${written}" is no review: approved, changes_requested or commented`;
  const listed: unknown = fields["comments"] ?? [];
  const comments = (Array.isArray(listed) ? listed : [listed]).map((each: unknown) => readRemark(each));
  const remarks = comments.filter((comment) => comment !== null);
  if (remarks.length < comments.length) return 'a comment of a review is {path: "a.ts", line: 3, body: "…"}';
  return { kind: "review", issue, state, body: toText(fields["body"]) ?? "", comments: remarks };
}

function readRemark(written: unknown): { path: string; line: number | null; body: string } | null {
  const { path, line, body } = toFields(written);
  if (typeof path !== "string" || typeof body !== "string") return null;
  return { path, line: typeof line === "number" ? line : null, body };
}

function readBusy({ value }: Reading): ScenarioAct | string {
  if (typeof value === "boolean") return { kind: "busy", issue: null, isBusy: value, forMs: null };
  const lasting = Duration.safeParse(value);
  if (!lasting.success) return "busy is true, false, or for how long: busy: 30m";
  return { kind: "busy", issue: null, isBusy: true, forMs: lasting.data };
}

function readAct(kind: Kind, reading: Reading): ScenarioAct | string {
  switch (kind) {
    case "comment":
      return readComment(reading);
    case "label":
      return readLabel(reading);
    case "close":
      return readClose(reading);
    case "edit":
      return readEdit(reading);
    case "reopen":
    case "merge":
      return { kind, issue: reading.issue ?? toText(reading.value) };
    case "review":
      return readReview(reading);
    case "busy":
      return readBusy(reading);
    case "config":
      return {
        kind,
        issue: null,
        text: typeof reading.value === "string" ? reading.value : stringify(reading.value ?? {}),
      };
  }
}

/** An event as written; issues name what is missing in a sentence. */
export const ScenarioEvent = z
  .looseObject({ at: Duration, by: z.union([z.string(), z.number()], { error: "write who does it" }).optional() })
  .transform((written, context): ScenarioEvent => {
    const present = kinds.filter((kind) => Object.hasOwn(written, kind));
    const [kind] = present;
    const strange = Object.keys(written).filter(
      (key) => !["at", "by", "reason", "body", "title", "state", "comments", ...targetKeys, ...kinds].includes(key),
    );
    if (kind === undefined || present.length > 1 || strange.length > 0) {
      const found = strange.length > 0 ? `, not ${strange.join(", ")}` : "";
      context.addIssue(`an event is one of ${kinds.join(", ")}${found}`);
      return z.NEVER;
    }
    const value: unknown = written[kind];
    const beside = Object.fromEntries(Object.entries(written).filter(([key]) => !["at", "by", kind].includes(key)));
    const fields = { ...beside, ...toFields(value) };
    const act = readAct(kind, { value, fields, issue: targetIn(fields) });
    if (typeof act === "string") {
      context.addIssue(act);
      return z.NEVER;
    }
    return { atMs: written.at, by: toText(written.by), act };
  });
