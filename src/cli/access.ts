/** What the environment gives the command line to reach GitHub with. What is wrong with it is said without repeating it. */
import type { Credentials } from "../connect.ts";
import { UsageError } from "../usage-error.ts";

type Env = Readonly<Record<string, string | undefined>>;

const defaultApiUrl = "https://api.github.com";
const keyPattern = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+-----END [A-Z ]*PRIVATE KEY-----/;

/** Throws a UsageError where there are none, or where they cannot be right. */
export function readCredentials(env: Env): Credentials {
  const [appId = "", privateKey = "", token = ""] = [env["APP_ID"], env["PRIVATE_KEY"], env["GITHUB_TOKEN"]].map(
    (text) => text?.trim(),
  );
  if (appId !== "" && privateKey !== "") return readApp(appId, privateKey);
  if (token === "") throw new UsageError("Set GITHUB_TOKEN, or APP_ID and PRIVATE_KEY of the GitHub App.");
  // What a header cannot hold would be repeated in the error of whoever sends it.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError("GITHUB_TOKEN is not a token: it has a space or a line break in it. Copy it again.");
  return { kind: "token", token };
}

function readApp(appId: string, privateKey: string): Credentials {
  if (!/^\d{1,20}$/.test(appId))
    throw new UsageError("APP_ID is not a number. Copy the App ID (not the client ID) from the GitHub App's settings.");
  // In a file of variables the key stands on one line.
  const key = privateKey.replaceAll(String.raw`\n`, "\n");
  if (!keyPattern.test(key))
    throw new UsageError("PRIVATE_KEY is not a private key. Use the whole PEM file, from -----BEGIN to -----END.");
  return { kind: "app", appId, privateKey: key };
}

/** The base of the REST API, without a slash at its end. Throws a UsageError where it is no address. */
export function readApiUrl(env: Env): string {
  const text = env["GITHUB_API_URL"]?.trim() || defaultApiUrl;
  const { protocol, username, password } = URL.canParse(text)
    ? new URL(text)
    : { protocol: "", username: "", password: "" };
  if (/^https?:$/.test(protocol) && username === "" && password === "") return text.replace(/\/+$/, "");
  throw new UsageError(
    `GITHUB_API_URL is not an address such as ${defaultApiUrl} or https://github.example.com/api/v3.`,
  );
}

/** Where the repositories of that API are cloned from: `github.com`, or the host of the enterprise server. */
export function gitHostOf(apiUrl: string): string {
  return apiUrl === defaultApiUrl ? "github.com" : new URL(apiUrl).host;
}
