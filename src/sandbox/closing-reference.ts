/** The words by which a pull request or commit closes issues: `closes #12`, `Fixes: owner/name#12`, `resolved <url>`. */
const pattern =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+\/[\w.-]+)?#(\d+)|https?:\/\/[^\s/]+\/([\w.-]+\/[\w.-]+)\/issues\/(\d+))\b/gi;

/** Numbers of the issues of the repository that the text closes, each once, in order. */
export function closingReferences(text: string, repository: string): readonly number[] {
  const numbers = new Set<number>();
  for (const [, named, number, linked, linkedNumber] of text.matchAll(pattern)) {
    const where = named ?? linked ?? repository;
    if (where.toLowerCase() === repository.toLowerCase()) numbers.add(Number(number ?? linkedNumber));
  }
  return [...numbers];
}
