/** What is about to be pushed is held against the newest base: where git could not merge it, it is better known before others see it. */
import { settingOf, type Clone } from "./clone.ts";
import { toSafeLine } from "./hook-feedback.ts";
import { mergeTree } from "../action/git-merge-tree.ts";
import { toPlainLine } from "../views/markdown.ts";

/** One line of what git tells a pre-push hook. */
export interface Pushed {
  readonly sha: string;
  readonly remoteRef: string;
}

export interface Clash {
  readonly branch: string;
  readonly base: string;
  readonly files: readonly string[];
}

export interface GateAnswer {
  readonly clashes: readonly Clash[];
  /** Why something could not be held against its base. */
  readonly unknown: string | null;
}

const heads = "refs/heads/";
/** Under a name of ours, so that what the user sees of the remote stays as it is. */
const kept = "refs/orchestrate/push-base";

/** `<local ref> <local sha> <remote ref> <remote sha>`, a line each. A branch that is deleted is nothing to look at. */
export function readPushed(text: string): readonly Pushed[] {
  return text.split("\n").flatMap((line) => {
    const { sha, remoteRef } =
      /^\S+ (?<sha>[0-9a-f]{40,64}) (?<remoteRef>\S+) [0-9a-f]{40,64}$/.exec(line)?.groups ?? {};
    return sha === undefined || remoteRef === undefined || /^0+$/.test(sha) ? [] : [{ sha, remoteRef }];
  });
}

/** Never rejects: what cannot be told is no reason against a push. */
export async function holdAgainstBase(clone: Clone, remote: string, pushed: readonly Pushed[]): Promise<GateAnswer> {
  const branches = pushed.filter(({ remoteRef }) => remoteRef.startsWith(heads));
  if (branches.length === 0) return { clashes: [], unknown: null };
  const base = await baseOf(clone, remote);
  if (base === null)
    return {
      clashes: [],
      unknown: "It is not known what it will be merged into: `git config orchestrate.base main` says so.",
    };
  const wanted = branches.filter(({ remoteRef }) => remoteRef !== `${heads}${base}`);
  if (wanted.length === 0) return { clashes: [], unknown: null };
  const tip = await fetchBase(clone, remote, base);
  if (tip === null) return { clashes: [], unknown: `${toPlainLine(base)} is not there on ${toSafeLine(remote, 200)}.` };
  const clashes: Clash[] = [];
  let unknown: string | null = null;
  for (const { sha, remoteRef } of wanted) {
    try {
      const files = await mergeTree((...args) => clone.git(...args), sha, tip);
      if (files.length > 0) clashes.push({ branch: remoteRef.slice(heads.length), base, files });
    } catch {
      unknown = "Git cannot say whether it merges: it takes git 2.38 and a common history.";
    }
  }
  return { clashes, unknown };
}

/** What the user says, else the default branch of the remote. */
async function baseOf(clone: Clone, remote: string): Promise<string | null> {
  const said = await settingOf(clone, "orchestrate.base");
  if (said !== "") return said;
  const remotes = (await clone.ask("remote"))?.split("\n") ?? [];
  if (!remotes.includes(remote)) return null;
  const prefix = `refs/remotes/${remote}/`;
  const head = (await clone.ask("symbolic-ref", "--quiet", `${prefix}HEAD`)) ?? "";
  if (head.startsWith(prefix)) return head.slice(prefix.length);
  for (const name of ["main", "master"]) {
    if ((await clone.ask("rev-parse", "--verify", "--quiet", `${prefix}${name}`)) !== null) return name;
  }
  return null;
}

/** As the remote has it now, else as it was known last. */
async function fetchBase(clone: Clone, remote: string, base: string): Promise<string | null> {
  const refspec = `+${heads}${base}:${kept}`;
  const fetched = await clone.ask(
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--refmap=",
    "--end-of-options",
    remote,
    refspec,
  );
  const ref = fetched === null ? `refs/remotes/${remote}/${base}` : kept;
  return clone.ask("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
}
