/** The refs of the repository: moved by compare-and-swap, all or none, and only to where git would let them go. */
import type { RefOutcome, RefUpdate } from "./git-types.ts";

export interface Refs {
  readonly all: ReadonlyMap<string, string>;
  update(refs: readonly RefUpdate[]): Promise<RefOutcome>;
}

export interface RefNeeds {
  isObject(oid: string): boolean;
  isCommit(oid: string): boolean;
  /** Asks git whether it takes a name. */
  isName(name: string): Promise<boolean>;
}

/** Names that need no asking. */
const plainName = /^refs(?:\/[A-Za-z0-9_-]+){2,}$/;

/** No refs at first. */
export function createRefs(needs: RefNeeds): Refs {
  const all = new Map<string, string>();

  /** Whether git takes the name for the object; a branch leads to a commit. */
  async function canBe({ name, to }: RefUpdate): Promise<boolean> {
    if (to === null) return true;
    if (!(name.startsWith("refs/heads/") ? needs.isCommit(to) : needs.isObject(to))) return false;
    if (all.has(name)) return true;
    for (const other of all.keys()) {
      if (other.startsWith(`${name}/`) || name.startsWith(`${other}/`)) return false;
    }
    if (!name.startsWith("refs/")) return false;
    return plainName.test(name) || needs.isName(name);
  }

  return {
    all,
    async update(refs) {
      for (const ref of refs) {
        if (ref.before !== undefined && ref.before !== (all.get(ref.name) ?? null)) return "conflict";
        if (!(await canBe(ref))) return "invalid";
      }
      for (const { name, to } of refs) {
        if (to === null) all.delete(name);
        else all.set(name, to);
      }
      return "updated";
    },
  };
}
