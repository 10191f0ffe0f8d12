/** What the documentation shows is true: links lead somewhere, commands parse, samples are accepted, stories can be played. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../src/config/parse-config.ts";
import { renderProblem } from "../src/config/problem.ts";
import { parseScenario } from "../src/sandbox/scenario.ts";

const root = resolve(import.meta.dirname, "..");
const scenarioFolder = join(root, "docs", "scenarios");
const scenarioNames = readdirSync(scenarioFolder);
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** Fenced blocks, also those inside lists, without the list's indentation. */
function blocksOf({ path, text }: { readonly path: string; readonly text: string }): readonly Block[] {
  const pattern = /^(?<indent> *)```(?<language>\w*)\n(?<text>.*?)^\k<indent>```$/gms;
  return [...text.matchAll(pattern)].map(({ groups }) => ({
    page: path,
    language: groups?.["language"] ?? "",
    text: (groups?.["text"] ?? "").replaceAll(new RegExp(`^${groups?.["indent"] ?? ""}`, "gm"), ""),
  }));
}

const blocks = pages.flatMap(blocksOf);

/** GitHub's name of a heading in a link. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsOf(path: string): readonly string[] {
  const prose = readFileSync(path, "utf8").replaceAll(/^ *```.*?^ *```$/gms, "");
  return [...prose.matchAll(/^#+ (?<heading>.+)$/gm)].map(({ groups }) => toAnchor(groups?.["heading"] ?? ""));
}

function deadLinksOf({ path, text }: { readonly path: string; readonly text: string }): readonly string[] {
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, "");
  const links = [...prose.matchAll(/\]\((?<to>[^)\s]+)\)/g)].map(({ groups }) => groups?.["to"] ?? "");
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? join(root, path) : resolve(root, dirname(path), file);
    if (!existsSync(target) || relative(root, target).startsWith("..")) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

test.each(pages)("every link of $path leads to a file and a heading that exist", (page) => {
  expect(deadLinksOf(page)).toEqual([]);
});

test("no page for users leads to the plan of the project, which is about its future", () => {
  const own = ["CONTRIBUTING.md", "CHANGELOG.md", "docs/plan.md", "docs/architecture.md"];
  const lost = pages.filter(({ path, text }) => !own.includes(path) && /\]\((?:docs\/)?plan\.md/.test(text));
  expect(lost.map(({ path }) => path)).toEqual([]);
});

test("the Action is as large as its page says", () => {
  const page = pages.find(({ path }) => path === "docs/action.md")?.text ?? "";
  const said = Number(/The file is (?<size>\d+) MB/.exec(page)?.groups?.["size"]);
  expect(Math.round(statSync(join(root, "action", "dist", "index.js")).size / 1_000_000)).toBe(said);
});

test("messages of the program name pages that exist", () => {
  expect(readFileSync(join(root, "src/github/runs.ts"), "utf8")).toContain("docs/install.md");
  expect(existsSync(join(root, "docs/install.md"))).toBe(true);
});

describe("commands in shell blocks and tables", async () => {
  const shown = blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.split("\n"))
    .concat(
      pages.flatMap(({ text }) =>
        [...text.matchAll(/`(npx orchestrate [^`]+|npm [^`]+)`/g)].map(([, line]) => line ?? ""),
      ),
    )
    .flatMap((line) => line.replace(/\s#.*$/, "").split("&&"))
    .map((line) => line.trim());
  const orchestrate = shown.filter((line) => line.startsWith("npx orchestrate "));
  /** Of a group the one in it that is meant, which has its own options. */
  const subcommandOf = (line: string): string => {
    const [, , name = "", inGroup = ""] = line.split(" ");
    return name === "hook" ? `${name} ${inGroup}` : name;
  };
  const subcommands = [...new Set(orchestrate.map(subcommandOf))];
  const help = new Map(
    await Promise.all(
      subcommands.map(async (subcommand) => {
        const cli = ["--import", "tsx", join(root, "src", "cli.ts"), ...subcommand.split(" "), "--help"];
        const { stdout } = await promisify(execFile)(process.execPath, cli, { cwd: root });
        return [subcommand, stdout] as const;
      }),
    ),
  );

  test("are shown, and for each there is a subcommand with its own help", () => {
    expect(subcommands).toContain("demo");
    for (const [subcommand, text] of help) expect(text).toContain(`Usage: orchestrate ${subcommand} `);
  });

  test("have options that the subcommand takes", () => {
    const unknown = orchestrate.flatMap((line) => {
      const options = line.split(" ").filter((word) => word.startsWith("--"));
      const text = help.get(subcommandOf(line)) ?? "";
      return options
        .filter((option) => !new RegExp(`^ +(?:-\\w, )?${option}\\b`, "m").test(text))
        .map((option) => `${line}: ${option}`);
    });
    expect(unknown).toEqual([]);
  });

  test("name scenarios that exist", () => {
    const files = orchestrate.flatMap((line) => line.match(/docs\/\S+/) ?? []);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test("name scripts that package.json has", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const scripts = shown.flatMap(
      (line) => /^(?:\w+=\S+ )*npm (?:run )?(?<name>[\w:]+)/.exec(line)?.groups?.["name"] ?? [],
    );
    expect(scripts).toEqual(expect.arrayContaining(["ci", "demo", "test", "start"]));
    expect(scripts.filter((name) => name !== "ci" && manifest.scripts[name] === undefined)).toEqual([]);
  });
});

describe("samples of .github/orchestrate.yml", () => {
  const samples = blocks.filter(({ text }) => text.startsWith("# .github/orchestrate.yml\n"));

  test("are on the README, in the installation and in the configuration", () => {
    expect(new Set(samples.map(({ page }) => page))).toEqual(
      new Set([
        "README.md",
        "docs/actions-mode.md",
        "docs/alerts.md",
        "docs/custom-agent.md",
        "docs/configuration.md",
        "docs/install.md",
      ]),
    );
  });

  test.each(samples)("one on $page is accepted", ({ text }) => {
    const reading = parseConfig(text);
    expect(reading.kind === "invalid" ? reading.problems.map(renderProblem) : []).toEqual([]);
  });
});

describe.each(scenarioNames)("the scenario %s", (file) => {
  const scenario = readFileSync(join(scenarioFolder, file), "utf8");
  const nameOf = /^name: (?<name>.+)\n(?:description: (?<description>.+)\n)?/.exec(scenario)?.groups;

  test("can be played", () => {
    expect(parseScenario(scenario, file).issues.length).toBeGreaterThan(0);
  });

  test("opens with the name that the file has, and tells its story in whole sentences", () => {
    expect(toAnchor(nameOf?.["name"] ?? "")).toBe(file.replace(/\.yml$/, ""));
    expect(nameOf?.["description"]).toMatch(/^[A-Z].{40,}\.$/);
  });
});
