/** Addresses of pull requests, as vendors give them. */

/** The number of a pull request of the same repository as the issue at `issueUrl`; null for any other address. */
export function pullNumberOf(issueUrl: string, pullUrl: string): number | null {
  const home = issueUrl.replace(/\/issues\/\d+$/, "");
  const match = /^(.+)\/pull\/(\d{1,15})$/.exec(pullUrl);
  return match?.[1]?.toLowerCase() === home.toLowerCase() ? Number(match[2]) : null;
}
