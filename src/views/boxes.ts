/**
 * The boxes of the cockpit in Markdown, and which of them are ticked. A box is known by the marker at the end of its line and by
 * nothing else that stands there; we write every box empty, so one that is ticked was ticked by somebody.
 */
import { parseBoxKey, toBoxKey, type Box } from "../model/box.ts";

/** More boxes than are ever offered; whoever pastes thousands of lines is not listened to beyond. */
const ticksMax = 100;
/** GitHub takes no more. */
const bodyMax = 65_536;

const tickPattern = /^ {0,8}[-*+] {1,3}\[[xX]\] [^\r\n]{0,400}<!-- orchestrate:box:([a-z0-9:]{1,60}) -->[ \t]*\r?$/gm;

/** `- [ ] **attack** <!-- orchestrate:box:mode:attack -->`. The words are Markdown already, and name no issue that GitHub would link. */
export function renderBox(box: Box, words: string, indent = ""): string {
  return `${indent}- [ ] ${words} <!-- orchestrate:box:${toBoxKey(box)} -->`;
}

/** The keys of the ticked boxes, each once, in their order. Never throws. */
export function readTicks(body: string): readonly string[] {
  const keys = new Set<string>();
  for (const [, key = ""] of body.slice(0, bodyMax).matchAll(tickPattern)) {
    if (keys.size < ticksMax && parseBoxKey(key) !== null) keys.add(key);
  }
  return [...keys];
}
