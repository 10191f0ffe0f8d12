/**
 * The benchmarks by name, each loaded only when it runs: `npm run bench [-- <suite> [options]]`. Without anything all of them
 * run, one after the other; options without a name are those of `github`. Alone on the machine, please.
 */

interface Suite {
  /** Takes the arguments that follow the name. Prints to standard output. */
  run(args: readonly string[]): Promise<void>;
}

const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  github: () => import("./github.ts"),
  graph: () => import("./graph-planning.ts"),
  scheduling: () => import("./scheduling.ts"),
  plan: () => import("./plan-cli.ts"),
};

async function main([first, ...rest]: readonly string[]): Promise<void> {
  if (first === undefined) {
    for (const load of Object.values(suites)) await (await load()).run([]);
    return;
  }
  const [name, args] = first.startsWith("-") ? ["github", [first, ...rest]] : [first, rest];
  const load = Object.hasOwn(suites, name) ? suites[name] : undefined;
  if (load === undefined)
    throw new Error(`There is no benchmark ${name}; there are ${Object.keys(suites).join(", ")}.`);
  await (await load()).run(args);
}

await main(process.argv.slice(2));
