import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEmbedded, type Embedded } from "./embedded.ts";

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

async function push(branch: string, files: Readonly<Record<string, string>>): Promise<void> {
  await github.world.push({ by: "walt", branch, files, message: `Change ${branch}` });
}

const pair = { head: "orchestrate/1-topic", base: "main" };

describe("the files that stand in the way of a merge, by the API", () => {
  test("are those that both sides have changed since they parted", async () => {
    await push(pair.head, { "shared.txt": "ours\n", "b/ours.txt": "ours\n" });
    await push("main", { "shared.txt": "theirs\n", "theirs.txt": "theirs\n" });
    expect(await github.conflicts.find(pair)).toEqual(["shared.txt"]);
    expect(github.requests).toHaveLength(2);
  });

  test("are none where the base has stood still, or has changed other files", async () => {
    await push(pair.head, { "ours.txt": "ours\n" });
    expect(await github.conflicts.find(pair)).toEqual([]);
    await push("main", { "theirs.txt": "theirs\n" });
    expect(await github.conflicts.find(pair)).toEqual([]);
  });

  test("are not known of a branch that is gone", async () => {
    expect(await github.conflicts.find({ ...pair, head: "gone" })).toBeNull();
  });

  test("are not known where GitHub does not name every file, is down, or answers something else", async () => {
    await push(pair.head, { "ours.txt": "ours\n" });
    const files = Array.from({ length: 300 }, (_, index) => ({ filename: `${index}.txt` }));
    github.interfere = () => Response.json({ files });
    expect(await github.conflicts.find(pair)).toBeNull();
    github.interfere = () => Response.json({ message: "down" }, { status: 503 });
    expect(await github.conflicts.find(pair)).toBeNull();
    github.interfere = () => Response.json({ files: "none" });
    expect(await github.conflicts.find(pair)).toBeNull();
  });

  test("name also what a file was called before", async () => {
    let count = 0;
    github.interfere = () => {
      count += 1;
      const moved = { filename: "new.txt", previous_filename: "old.txt" };
      return Response.json({ files: [count === 1 ? moved : { filename: "old.txt" }] });
    };
    expect(await github.conflicts.find(pair)).toEqual(["old.txt"]);
  });
});
