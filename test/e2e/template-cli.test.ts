/** `orchestrate templates` and `create --template` against the embedded GitHub over real HTTP: the issues of a template, and what the next cycle makes of them. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startGithub, type GithubServer } from "../action/github-server.ts";
import { makeCli, type Answer, type BundledCli } from "../support/bundled-cli.ts";

let cli: BundledCli;
beforeAll(async () => {
  cli = await makeCli();
}, 60_000);
afterAll(() => cli.remove());

const examples = resolve(import.meta.dirname, "../../docs/examples/templates");
const feature = await readFile(`${examples}/feature.yml`, "utf8");
const bug = await readFile(`${examples}/bug.yml`, "utf8");
const folder = ".github/orchestrate/templates";

interface Ground {
  readonly server: GithubServer;
  readonly run: (words: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Answer>;
}

async function given(
  configuration = "",
  templates: Readonly<Record<string, string>> = { feature, bug },
): Promise<Ground> {
  const files = Object.entries(templates).map(([name, text]) => [`${folder}/${name}.yml`, text]);
  const agents = "agents:\n  - { id: desk, type: pull }\n";
  const server = await startGithub({
    files: {
      ".github/orchestrate.yml": `${agents}${configuration}`,
      ...(Object.fromEntries(files) as Readonly<Record<string, string>>),
    },
  });
  onTestFinished(() => server.close());
  server.world.addUser({ login: "reader", permission: "read" });
  const base = { GITHUB_TOKEN: "ghu_ann", GITHUB_API_URL: server.apiUrl, GITHUB_REPOSITORY: "acme/shop" };
  return { server, run: (words, env = {}) => cli.run(words, { ...base, ...env }) };
}

const search = ["--set", "feature=Search", "--set", "goal=Orders are found.", "--set", "criterion=Finds by number"];
const create = ["create", "--template", "feature", ...search];

interface Opened {
  readonly issues: readonly { readonly piece: string | null; readonly number: number; readonly isNew: boolean }[];
}

function numbersOf({ stdout }: Answer): readonly (readonly [string | null, number, boolean])[] {
  return (JSON.parse(stdout) as Opened).issues.map(({ piece, number, isNew }) => [piece, number, isNew]);
}

async function explained(run: Ground["run"], number: number): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse((await run(["explain", String(number), "--json"])).stdout) as Record<string, unknown>;
}

test("the pieces of a template are worked on in their order below the whole, and asking again opens none twice", async () => {
  const { server, run } = await given("ready: { goal: true, criteria: true, estimate: true }\n");
  await server.world.openIssue({ by: "ann", title: "First", labels: ["orchestrate"], body: "## Goal\n\nx\n\n- [ ] y" });
  expect((await run(["cycle", "--budget", "10s"])).code).toBe(0);
  const made = await run([...create, "--blocked-by", "1", "--priority", "urgent", "--label", "shop", "--json"]);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const all = numbersOf(made);
  expect(all.map(([piece, , isNew]) => [piece, isNew])).toEqual([
    [null, true],
    ["red", true],
    ["green", true],
    ["refactor", true],
  ]);
  const [of, ofRed, ofGreen, ofRefactor] = all.map(([, number]) => number);
  expect((await run(["cycle", "--budget", "10s"])).code).toBe(0);
  const [whole, red, green] = [
    await explained(run, of ?? 0),
    await explained(run, ofRed ?? 0),
    await explained(run, ofGreen ?? 0),
  ];
  expect(whole).toMatchObject({
    status: "blocked",
    blockers: [{ reference: `#${ofRed}` }, { reference: `#${ofGreen}` }, { reference: `#${ofRefactor}` }],
  });
  expect(red).toMatchObject({
    title: "Red: tests for Search",
    blockers: [{ reference: "#1" }],
    inputs: { priority: { value: 1 }, estimateMinutes: { value: 60 } },
  });
  expect(green).toMatchObject({ status: "blocked", blockers: [{ reference: `#${ofRed}` }] });
  expect([whole["problems"], red["problems"], green["problems"]]).toEqual([[], [], []]);

  const count = server.world.issues().length;
  const written = server.requests.filter((each) => each.startsWith("POST") && !each.includes("graphql")).length;
  const again = await run([...create, "--json"]);
  expect(numbersOf(again)).toEqual(all.map(([piece, number]) => [piece, number, false]));
  const told = await run(create);
  expect(told.stdout).toMatch(/^acme\/shop: 4 issues of the template feature\.\n- #\d Search: http\S+, was there\n/);
  expect(told.stdout).toMatch(/none was opened now\. `--key` with a word of your own makes new ones\.\n$/);
  expect(server.world.issues()).toHaveLength(count);
  const writes = server.requests.filter((each) => each.startsWith("POST") && !each.includes("graphql")).length;
  expect(writes).toBe(written);
}, 120_000);

test("before anything is opened it can be seen, and what would not be ready opens nothing at all", async () => {
  const bare =
    "title: '{{what}}'\nfields: [{ name: what, required: true }]\npieces: [{ id: a, title: A }, { id: b, title: B }]";
  const { server, run } = await given("ready: { criteria: true }\n", { feature, bare });
  await run(["cycle", "--budget", "10s"]);
  const trial = await run([...create, "--dry-run"], { GITHUB_TOKEN: "ghu_reader" });
  expect(trial).toMatchObject({ code: 0, stderr: "" });
  expect(trial.stdout).toMatch(
    /^acme\/shop: the template feature makes 4 issues\. Nothing was written\.\n\nSearch\nLabels: orchestrate, feature, priority:medium\n/,
  );
  expect(trial.stdout).toMatch(/green: Green: Search\nLabels: .*\nWaits for: red\n/);
  const refused: readonly [readonly string[], RegExp, number][] = [
    [["create", "--template", "bare", "--set", "what=x"], /Nothing was opened\. .*it lacks acceptance criteria/, 1],
    [["create", "--template", "bare"], /The field what is missing\./, 2],
    [
      ["create", "--template", "featrue"],
      /There is no template featrue in \.github\/orchestrate\/templates on the default branch: did you mean feature\?/,
      1,
    ],
    [["create", "--template", "../x"], /--template must be small letters/, 2],
    [["create", "--template", "feature", "--title", "x"], /say --set for its fields, and leave --title/, 2],
    [["create", "--template", "feature", "--set", "goal"], /Write --set as field=value\./, 2],
    [[...create, "--set", "goal=x"], /Say each field once with --set\./, 2],
    [[...create, "--estimate", "1h"], /--estimate says nothing of pieces/, 2],
    [[...create, "--label", "status:done"], /--label is not to be submitted/, 2],
    [["create"], /Say --title, or --template\./, 2],
  ];
  for (const [words, sentence, code] of refused) {
    const answer = await run(words);
    expect(answer).toMatchObject({ code, stdout: "" });
    expect(answer.stderr).toMatch(sentence);
  }
  expect(await run(create, { GITHUB_TOKEN: "ghu_reader" })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/reader may not open tasks in/),
  });
  expect(server.world.issues().filter(({ title }) => !title.includes("Orchestrate"))).toEqual([]);
}, 120_000);

test("the same words with a key of their own are other work, and values in another order are the same", async () => {
  const { run } = await given();
  const words = ["--set", "summary=Prices", "--set", "steps=Look", "--set", "expected=With tax"];
  const other = ["--set", "expected=With tax", "--set", "summary=Prices", "--set", "steps=Look"];
  const make = async (...rest: readonly string[]) =>
    numbersOf(await run(["create", "--template", "bug", ...rest, "--json"])).map(([, number, isNew]) => [
      number,
      isNew,
    ]);
  expect(await make(...words)).toEqual([[1, true]]);
  expect(await make(...other)).toEqual([[1, false]]);
  expect(await make(...words, "--key", "again")).toEqual([[2, true]]);
}, 120_000);

test("the list names each template with its fields, and says of one that cannot be used at which line", async () => {
  const { run } = await given("", { bug, broken: "title: T\ncriterai: [x]\n" });
  const listed = await run(["templates"], { GITHUB_TOKEN: "ghu_reader" });
  expect(listed).toMatchObject({ code: 1, stderr: "" });
  expect(listed.stdout).toContain(
    "acme/shop has 2 templates.\n\nbroken: cannot be used\n  line 2: criterai is not a known key: did you mean criteria?\n",
  );
  const { templates } = JSON.parse((await run(["templates", "--json"])).stdout) as {
    readonly templates: readonly unknown[];
  };
  expect(templates).toMatchObject([
    { name: "broken", title: null, problems: [expect.any(String)] },
    {
      name: "bug",
      issues: 1,
      problems: [],
      fields: [{ name: "summary", required: true, default: null }, {}, {}, { default: "high" }, {}],
    },
  ]);
  expect((await run(["create", "--template", "broken"])).stderr).toMatch(
    /templates\/broken\.yml cannot be used: line 2: criterai/,
  );
  const local = await cli.run(["templates", "--folder", examples]);
  expect(local).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/has 3 templates\./) });
  expect(await cli.run(["templates", "--folder", "/nowhere"])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is no folder/),
  });
}, 120_000);
