/** The cheap look at a comment: does its first line ask for us? Reading what it asks for is the core's work. */

/** Longer first lines are cut; no command needs more, and a comment may hold 65,536 characters. */
const lookMax = 1_000;

/**
 * The beginning of a comment whose first line that is not empty starts with `/orchestrate`; null for any other. Only the
 * first 1,000 characters are looked at.
 */
export function readSlashLine(body: string): string | null {
  const beginning = body.slice(0, lookMax).trimStart();
  return /^\/orchestrate(?![\w-])/i.test(beginning) ? beginning : null;
}
