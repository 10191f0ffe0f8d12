/** The kinds of inputs that the Action has, each with a sentence for each mistake. */
import { z } from "zod";
import { parseDuration } from "../model/duration.ts";
import { toPlainLine } from "../views/markdown.ts";

/** Hostile text in a sentence of the log: one line, bounded. */
export function quote(text: string): string {
  return JSON.stringify(toPlainLine(text, 80));
}

interface Told {
  readonly name: string;
  /** What to write: the end of a sentence. */
  readonly write: string;
  readonly pattern: RegExp;
}

/** An input with its two mistakes: missing, and not what it should be. */
export function field({ name, write, pattern }: Told) {
  return z.string({ error: `\`${name}\` is missing. Write ${write}.` }).refine((text) => pattern.test(text), {
    error: (issue) => `\`${name}\` is ${quote(String(issue.input))}. Write ${write}.`,
  });
}

/** Milliseconds. */
export function duration(name: string, example: string) {
  return z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null) return ms;
    context.addIssue({
      code: "custom",
      message: `\`${name}\` is ${quote(text)}. Write a duration such as ${example}.`,
    });
    return z.NEVER;
  });
}

export function truth(name: string, fallback: boolean) {
  return z
    .string()
    .toLowerCase()
    .refine((text) => text === "true" || text === "false", {
      error: (issue) => `\`${name}\` is ${quote(String(issue.input))}. Write true or false.`,
    })
    .transform((text) => text === "true")
    .default(fallback);
}

/** The address of a server of ours. */
export const url = z.string().refine(isServer, {
  error: (issue) =>
    `\`url\` is ${quote(String(issue.input))}. Write the App's address, such as https://orchestrate.example.com; only localhost goes without TLS.`,
});

/** The report carries a token that proves who the job is: never over an open line. */
function isServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
