/** Turns what zod says about a value into sentences that a person can act on, each with the path it is about. */
import type { z } from "zod";
import { nearest } from "../model/nearest.ts";
import { configSchema, describeWish, knownKeys, schemaAt, type SchemaNode } from "./json-schema.ts";
import { type PathPart, renderPath } from "./problem.ts";

export interface DescribedIssue {
  readonly path: readonly PathPart[];
  /** Whether the key or the value is wrong. */
  readonly target: "key" | "value";
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** 60: enough to recognise a value in the file, short enough for one line. */
const shownMax = 60;

/** The sentences for one issue about `data`, which `root` describes: several when several keys are unknown. */
export function describeIssue(
  issue: Issue,
  data: unknown,
  root: Readonly<SchemaNode> = configSchema,
): readonly DescribedIssue[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => describeUnknownKey(path, key, root));
  const value = valueAt(data, path);
  if (issue.code === "custom" && path.length === 1 && path[0] === "agents") return describeTwins(value, issue.message);
  return [{ path, target: "value", message: describeValue(issue, schemaAt(path, root), value) }];
}

function describeValue(issue: Issue, node: Readonly<SchemaNode> | null, value: unknown): string {
  const wish = describeRule(issue, node);
  if (value === undefined) return `is missing: ${wish}`;
  if (issue.code === "custom" && typeof value === "object") return `cannot be used: ${wish}`;
  const near = node?.enum !== undefined && typeof value === "string" ? nearest(value, node.enum) : null;
  const hint = near === null ? "" : `did you mean ${near}? `;
  return `is ${showValue(value)}: ${hint}${wish}`;
}

function describeRule(issue: Issue, node: Readonly<SchemaNode> | null): string {
  if (issue.code === "invalid_format") return `write ${issue.message}`;
  // What may be of several shapes says itself what they are.
  const isOwn = issue.code === "custom" || (issue.code === "invalid_union" && issue.message !== "Invalid input");
  const isKnown = node !== null && node.anyOf === undefined;
  return isOwn || !isKnown ? lowerFirst(withoutValue(issue.message)) : describeWish(node);
}

/** Durations name the value themselves; the sentence around it already has. */
function withoutValue(message: string): string {
  return message.replace(/^".*" is not a duration: /s, "");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function describeUnknownKey(path: readonly PathPart[], key: string, root: Readonly<SchemaNode>): DescribedIssue {
  const keys = knownKeys(path, root);
  const near = nearest(key, keys);
  const place = renderPath(path);
  const where = place === "" ? "at the top level" : `in ${place}`;
  const known = keys.length === 0 ? "" : `; ${where} there may be ${keys.join(", ")}`;
  const message = near === null ? `is not a known key: remove it${known}` : `is not a known key: did you mean ${near}?`;
  return { path: [...path, key], target: "key", message };
}

/** The second agent with an id is the one to change, so the problem is placed there. */
function describeTwins(agents: unknown, fallback: string): readonly DescribedIssue[] {
  const seen = new Set<unknown>();
  const twins: DescribedIssue[] = [];
  for (const [index, agent] of (Array.isArray(agents) ? agents : []).entries()) {
    const id = valueAt(agent, ["id"]);
    if (seen.has(id)) {
      const message = `is ${showValue(id)}, the id of another agent too: give each agent an id of its own`;
      twins.push({ path: ["agents", index, "id"], target: "value", message });
    }
    seen.add(id);
  }
  return twins.length > 0 ? twins : [{ path: ["agents"], target: "value", message: lowerFirst(fallback) }];
}

/** The value at a path of plain data, or undefined. */
export function valueAt(data: unknown, path: readonly PathPart[]): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<PathPart, unknown>>)[part];
  }
  return value;
}

function showValue(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  // JSON would call an infinite number null.
  const text = typeof value === "number" ? `${value}` : (JSON.stringify(value) ?? "unreadable");
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`;
}
