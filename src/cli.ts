#!/usr/bin/env node
/** The command line: parses, calls the core, answers. Each command is loaded only when it is asked for. Exit codes: 0 done, 1 failed, 2 bad usage. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { addOperatorCommands } from "./cli-operator.ts";
import { planHelp } from "./plan-help.ts";

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("Write a port from 0 to 65535.");
  return port;
}

function createProgram(): Command {
  const program = new Command("orchestrate")
    .description("Turns a backlog into merged pull requests by orchestrating coding agents.")
    .exitOverride()
    .showHelpAfterError();

  program
    .command("demo")
    .description("Watch the real App work through a task graph on an embedded GitHub; no credentials, no network.")
    .option("--scenario <file>", "the story to play (YAML or JSON); without, the first ten minutes of a small team")
    .option("--headless", "in virtual time, as fast as it can, then exit")
    .option("--report <file>", "write the report as JSON")
    .option("--seed <seed>", "chance: the same seed gives the same run")
    .option("--faults <which>", "scenario (its own), none, or all", "scenario")
    .option("--port <port>", "where the live page listens", parsePort)
    .option("--json", "print the report instead of the summary")
    .option("--verbose", "print every decision while it runs")
    .action(async (options) => {
      const { runDemo } = await import("./demo.ts");
      process.exitCode = await runDemo(options);
    });

  program
    .command("plan")
    .description(
      "Tasks in, order out: what to do next, what can go on side by side, and who takes what. Starts nothing.",
    )
    .argument("<file>", "the backlog; - reads standard input")
    .option("--mode <mode>", "how to rank, instead of what the backlog says")
    .option("--json", "print everything as JSON instead of a page")
    .option("--compare", "work the backlog through in every mode and print how long each takes")
    .addHelpText("after", planHelp)
    .action(async (file, options) => {
      const { runPlan } = await import("./plan.ts");
      process.exitCode = await runPlan(file, options);
    });

  addServerCommands(program);
  addOperatorCommands(program);
  return program;
}

/** What runs for others. */
function addServerCommands(program: Command): void {
  program
    .command("start")
    .description("Run the GitHub App: receives webhooks, and works on every repository it is installed on.")
    .option("--json", "log as JSON, one object a line")
    .action(async (options) => {
      const { runServer } = await import("./server.ts");
      process.exitCode = await runServer(options);
    });
}

/** Help is asked for of a command that does not exist: it is refused like the command itself, instead of answered with the general help. */
function withoutHelpForNothing(program: Command, args: readonly string[]): readonly string[] {
  const [verb, ...rest] = args[0] === "help" ? args.slice(1) : args;
  const isKnown = program.commands.some((command) => command.name() === verb);
  if (verb === undefined || verb.startsWith("-") || isKnown) return args;
  return [verb, ...rest.filter((word) => word !== "--help" && word !== "-h")];
}

/** Runs the command line. Bad usage exits with 2, everything else that goes wrong with 1, each with one clear message. */
async function main(): Promise<void> {
  try {
    const program = createProgram();
    await program.parseAsync(withoutHelpForNothing(program, process.argv.slice(2)), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.stderr.write(`orchestrate: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = isUsage(error) ? 2 : 1;
  }
}

function isUsage(error: unknown): boolean {
  return error instanceof Error && error.name === "UsageError";
}

await main();
