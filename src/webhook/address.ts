/** The address of the webhook. It is a secret: whoever has it can write there, so no sentence repeats any of it. */

/** The shortest secret that a signature is worth something with. */
const secretMin = 16;

export interface Receiver {
  readonly url: string;
  /** What bodies are signed with; missing: they are not. */
  readonly secret?: string;
}

/** What is wrong with the address, as the end of a sentence; null where it can be used. */
export function findAddressProblem(url: string): string | null {
  if (!URL.canParse(url)) return "is no address. Write the whole of it, beginning with https://.";
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return "has a name or a password before its host. Leave them out.";
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return null;
  return "does not begin with https://. Only an address of this very machine goes without TLS.";
}

/** The same of the secret. */
export function findSecretProblem(secret: string): string | null {
  return secret.length < secretMin ? `is shorter than ${secretMin} characters. Make a longer one.` : null;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
