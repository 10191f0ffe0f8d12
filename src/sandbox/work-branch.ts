/** The names of the branches that agents work on: the issue is in them, whoever chose them. */

/** The issue that the branch of a pull request is for; null where its name tells of none. */
export function issueOfBranch(branch: string): number | null {
  const number = /^[a-z0-9-]+\/(?<number>\d+)-/.exec(branch)?.groups?.["number"];
  return number === undefined ? null : Number(number);
}
