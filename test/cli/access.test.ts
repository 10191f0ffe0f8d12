/** What the environment gives the command line: what cannot be right is refused before anything is sent, and never repeated. */
import { describe, expect, test } from "vitest";
import { gitHostOf, readApiUrl, readCredentials } from "../../src/cli/access.ts";
import { repositoryOf } from "../../src/cli/origin.ts";

const key = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----";

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return String(error);
  }
  return "it was taken";
}

describe("credentials", () => {
  test("are a token, or the App's before it where both are whole", () => {
    expect(readCredentials({ GITHUB_TOKEN: " ghp_abc\n" })).toEqual({ kind: "token", token: "ghp_abc" });
    expect(readCredentials({ GITHUB_TOKEN: "t", APP_ID: "7" })).toEqual({ kind: "token", token: "t" });
    expect(readCredentials({ GITHUB_TOKEN: "t", APP_ID: "7", PRIVATE_KEY: key })).toEqual({
      kind: "app",
      appId: "7",
      privateKey: key,
    });
  });

  test("of an App may stand on one line, as a file of variables has them", () => {
    const line = key.replaceAll("\n", String.raw`\n`);
    expect(readCredentials({ APP_ID: "7", PRIVATE_KEY: line })).toMatchObject({ privateKey: key });
  });

  test.each([
    [{}, "Set GITHUB_TOKEN, or APP_ID and PRIVATE_KEY"],
    [{ GITHUB_TOKEN: "  " }, "Set GITHUB_TOKEN"],
    [{ GITHUB_TOKEN: "ghp_secret\nX-Other: secret" }, "GITHUB_TOKEN is not a token"],
    [{ GITHUB_TOKEN: "ghp_secrét" }, "GITHUB_TOKEN is not a token"],
    [{ APP_ID: "Iv1.secret", PRIVATE_KEY: key }, "APP_ID is not a number"],
    [{ APP_ID: "7", PRIVATE_KEY: "secret.pem" }, "PRIVATE_KEY is not a private key"],
  ])("%j are refused with what to set, and without what was set", (env, words) => {
    const said = refusal(() => readCredentials(env));
    expect(said).toContain(`UsageError: ${words}`);
    expect(said).not.toMatch(/secr/);
  });
});

describe("the address of the API", () => {
  test("is GitHub's unless said otherwise, and tells where its repositories are cloned from", () => {
    expect(gitHostOf(readApiUrl({}))).toBe("github.com");
    expect(gitHostOf(readApiUrl({ GITHUB_API_URL: "https://git.example/api/v3/" }))).toBe("git.example");
  });

  test.each(["git.example", "file:///etc/passwd", "https://ann:secret@git.example"])(
    "%s is refused without being repeated",
    (url) => {
      const said = refusal(() => readApiUrl({ GITHUB_API_URL: url }));
      expect(said).toContain("UsageError: GITHUB_API_URL is not an address");
      expect(said).not.toMatch(/secret|passwd/);
    },
  );
});

describe("the remote of a checkout", () => {
  test.each([
    "https://github.com/acme/shop.git\n",
    "https://github.com/acme/shop",
    "https://ann:pass@GitHub.com/acme/shop.git",
    "git@github.com:acme/shop.git",
    "ssh://git@github.com/acme/shop.git",
  ])("%s names acme/shop", (remote) => {
    expect(repositoryOf(remote, "github.com")).toBe("acme/shop");
  });

  test.each([
    "https://gitlab.example/acme/shop.git",
    "https://github.com.evil.example/acme/shop.git",
    "git@evil.example:github.com/acme/shop.git",
    "/srv/git/acme/shop.git",
    "https://github.com/acme",
    "ext::sh -c evil github.com/acme/shop",
    "",
  ])("%s is nobody's here: a command goes to no other repository than it says", (remote) => {
    expect(repositoryOf(remote, "github.com")).toBeNull();
  });
});
