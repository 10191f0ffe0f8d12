/** The commands of whoever looks after a repository. Each runs once, on a machine that has the credentials, and is loaded only when it is asked for. */
import { InvalidArgumentError, type Command } from "commander";
import { addDeskCommands } from "./cli-desk.ts";
import { addHookCommands } from "./cli-hook.ts";
import { addReportCommands } from "./cli-reports.ts";
import { say } from "./cli/answer.ts";

const credentials = `
Reads GITHUB_TOKEN, or APP_ID and PRIVATE_KEY; GITHUB_API_URL for an enterprise server.
The repository is owner/name; without: GITHUB_REPOSITORY, else the remote origin of this checkout.
Exit codes: 0 done; 1 failed; 2 the usage is wrong.

Example:`;

const whoActs = `
It does what the slash command of this name does, and is written to the log. What follows, such as the end of a session
and labels, is done by the App as soon as it has seen it, else by the next cycle.
`;

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError("Write a whole number from 1 on.");
  return count;
}

/** Adds them to the program. */
export function addOperatorCommands(program: Command): void {
  addReadings(program);
  addReportCommands(program, credentials);
  addOrders(program);
  addCreation(program);
  addTaskOrders(program);
  addDeskCommands(program, credentials);
  addHookCommands(program);
  addHistory(program);
  addLetters(program);
  addSettingUp(program);
}

/** What asks how things are, and writes nothing. */
function addReadings(program: Command): void {
  program
    .command("status")
    .description("What runs, what is next, what waits and for what, the mode, the caps and the warnings. Reads only.")
    .argument("[repository]", "owner/name")
    .option("--json", "print what GET /orchestrator/status answers")
    .addHelpText("after", `${credentials}\n  orchestrate status acme/shop`)
    .action(async (repository, options) => {
      const { status } = await import("./cli/status.ts");
      await say(status(repository), options);
    });

  program
    .command("explain")
    .description("Why a task runs where it runs, or everything that keeps it waiting. Reads only.")
    .argument("<task>", "the number of its issue, or its id, such as gh:123:456")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON, with reason codes")
    .addHelpText("after", `${credentials}\n  orchestrate explain 12 --repository acme/shop`)
    .action(async (task, options) => {
      const { explain } = await import("./cli/explain.ts");
      await say(explain(task, options), options);
    });

  program
    .command("agents")
    .description("The agents with their slots, load, health and pauses. Reads only.")
    .argument("[repository]", "owner/name")
    .option("--json", "print them as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate agents acme/shop`)
    .action(async (repository, options) => {
      const { agents } = await import("./cli/agents.ts");
      await say(agents(repository), options);
    });

  program
    .command("next")
    .description("What would be started next, where and why, as ranking and matching decide it now. Reads only.")
    .argument("[repository]", "owner/name")
    .option("--agent <target>", "only what this agent, or this worker of one, could take")
    .option("--count <n>", "at most so many; 10 unless said otherwise", parseCount)
    .option("--json", "print it as JSON, with reason codes")
    .addHelpText("after", `${credentials}\n  orchestrate next acme/shop --agent jules`)
    .action(async (repository, options) => {
      const { next } = await import("./cli/next.ts");
      await say(next(repository, options), options);
    });

  program
    .command("simulate")
    .description("What each mode would make of the open tasks as they are now, beside each other. Reads only.")
    .argument("[repository]", "owner/name")
    .option("--mode <mode>", "only this one, beside the mode in force")
    .option("--json", "print the figures as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate simulate acme/shop`)
    .action(async (repository, options) => {
      const { compareModes } = await import("./cli/simulate.ts");
      await say(compareModes(repository, options), options);
    });
}

/** What makes something happen. */
function addOrders(program: Command): void {
  program
    .command("mode")
    .description("The mode in force and why; with a mode, that one from the next decision on.")
    .argument("[mode]", "priority, blocker, effort, balanced, critical or attack; takes write permission")
    .option("--reset", "back to the mode of the configuration")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate mode critical --repository acme/shop`)
    .action(async (mode, options) => {
      const { switchOrShow } = await import("./cli/mode.ts");
      await say(switchOrShow(mode, options), options);
    });

  program
    .command("cycle")
    .description("One run: reads what is new, decides, acts, and says what it did, as the Action's mode: cycle.")
    .argument("[repository]", "owner/name")
    .option("--budget <duration>", "how long it may take, such as 2m; 45s unless said otherwise")
    .option("--verbose", "print every decision while it runs")
    .option("--json", "print the outputs of the Action instead of the summary")
    .addHelpText("after", `${credentials}\n  orchestrate cycle acme/shop --budget 2m`)
    .action(async (repository, options) => {
      const { runCycle } = await import("./cli/cycle.ts");
      process.exitCode = await runCycle(repository, options);
    });
}

/** What brings new work in. */
function addCreation(program: Command): void {
  program
    .command("create")
    .description("Opens an issue that is work, in the name of the person whose token it is.")
    .option("--title <title>", "one line; takes write permission")
    .option("--body <text>", "what is to be done, as Markdown")
    .option("--body-file <file>", "the same from a file; - reads standard input")
    .option("--priority <priority>", "urgent, high, medium, low or none")
    .option("--estimate <duration>", "such as 30m, 2h or 1d")
    .option("--label <label>", "a label beside those; may be said again", addTo)
    .option("--blocked-by <task>", "what it waits for: a number, or an id; may be said again", addTo)
    .option("--agent <agent>", "the agent that is to take it")
    .option("--template <name>", "the issues of a task template, instead of title and text")
    .option("--set <field=value>", "what a field of the template is filled with; may be said again", addTo)
    .option("--key <word>", "makes new issues of a template where the same values were given before")
    .option("--dry-run", "with --template: show what would be opened, and write nothing")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate create --title "Typo in the footer" --repository acme/shop`)
    .action(async (options) => {
      if (options.template === undefined) {
        const { create } = await import("./cli/create.ts");
        await say(create(options), options);
        return;
      }
      const { createFromTemplate } = await import("./cli/from-template.ts");
      await say(createFromTemplate(options), options);
    });

  program
    .command("templates")
    .description("The task templates with their fields, and what is wrong with those that cannot be used. Reads only.")
    .argument("[repository]", "owner/name")
    .option("--folder <folder>", "those of a folder instead; asks nobody anything")
    .option("--json", "print them as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate templates acme/shop`)
    .action(async (repository, options) => {
      const { runTemplates } = await import("./cli/templates.ts");
      process.exitCode = await runTemplates(repository, options);
    });
}

function addTo(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** What people say of one task. */
function addTaskOrders(program: Command): void {
  program
    .command("complete")
    .description("The task is done, whatever its pull request says: what waits for it may start.")
    .argument("<task>", "the number of its issue, or its id; takes write permission")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${whoActs}${credentials}\n  orchestrate complete 12 --repository acme/shop`)
    .action(async (task, options) => {
      const { complete } = await import("./cli/order-task.ts");
      await say(complete(task, options), options);
    });

  program
    .command("fail")
    .description("The task has failed, and is not tried again before somebody asks for it.")
    .argument("<task>", "the number of its issue, or its id; takes write permission")
    .argument("<reason...>", "why, for the people who wait for it")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${whoActs}${credentials}\n  orchestrate fail 12 the API has changed --repository acme/shop`)
    .action(async (task, reason, options) => {
      const { fail } = await import("./cli/order-task.ts");
      await say(fail(task, reason, options), options);
    });

  program
    .command("handoff")
    .description("Gives a task to another agent or worker, with its branch and pull request.")
    .argument("<task>", "the number of its issue, or its id; takes write permission")
    .argument("<target>", "an agent, such as jules, or one of its workers, such as jules/2")
    .option("--repository <name>", "owner/name")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${whoActs}${credentials}\n  orchestrate handoff 12 jules/2 --repository acme/shop`)
    .action(async (task, to, options) => {
      const { handOff } = await import("./cli/order-task.ts");
      await say(handOff(task, to, options), options);
    });
}

/** What looks at the log as such, saves it, and puts it back. */
function addHistory(program: Command): void {
  program
    .command("replay")
    .description(
      "The log entry by entry, folded once more, how things stand at its end, and whether it is sound. Reads only.",
    )
    .argument("[repository]", "owner/name")
    .option("--file <backup>", "a backup instead of the branch; - reads standard input; asks nobody anything")
    .option("--until <version>", "up to this version of the log", parseCount)
    .option("--task <task>", "only what is about this task: the number of its issue, or its id")
    .option("--json", "print it as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate replay acme/shop --task 12`)
    .action(async (repository, options) => {
      const { runReplay } = await import("./cli/replay.ts");
      process.exitCode = await runReplay(repository, options);
    });

  program
    .command("backup")
    .description("Save everything that is on the state branch in one file. Writes nothing to GitHub.")
    .argument("[repository]", "owner/name")
    .requiredOption("--out <file>", "where to; - is standard output")
    .option("--keep <n>", "--out is a folder: name the file by repository and time, and remove all but the newest n")
    .option("--force", "replace a file that is there")
    .option("--json", "print what was saved as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate backup acme/shop --out shop.backup.json`)
    .action(async (repository, options) => {
      const { runBackup } = await import("./cli/backup.ts");
      process.exitCode = await runBackup(repository, options);
    });

  program
    .command("restore")
    .description(
      "Put a backup back onto the state branch, in one commit, and pause orchestration. Takes write permission.",
    )
    .argument("<file>", "the backup; - reads standard input")
    .argument("[repository]", "owner/name")
    .option("--force", "lose entries that are newer than the backup; accept another name of the same repository")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate restore shop.backup.json acme/shop`)
    .action(async (file, repository, options) => {
      const { runRestore } = await import("./cli/restore.ts");
      process.exitCode = await runRestore(file, repository, options);
    });
}

/** What was given up. */
function addLetters(program: Command): void {
  const dlq = program
    .command("dlq")
    .description("Dead letters: what was given up and nobody has seen to, why, and what to do. Reads only.")
    .option("--repository <name>", "owner/name")
    .option("--json", "print them as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate dlq --repository acme/shop`)
    .action(async (options) => {
      const { listLetters } = await import("./cli/dlq.ts");
      await say(listLetters(options), options);
    });
  const acts = [
    ["retry", "Tries one of them again, where that is safe. Takes write permission."],
    ["drop", "Forgets one of them. Takes write permission."],
  ] as const;
  for (const [act, description] of acts) {
    dlq
      .command(act)
      .description(description)
      .argument("<id>", "as the list names it, such as e12 or issue/7")
      .addHelpText("after", `${credentials}\n  orchestrate dlq ${act} e12 --repository acme/shop`)
      .action(async (id, _options, command) => {
        const { seeToLetter } = await import("./cli/dlq.ts");
        // The options of the list are those of its acts as well.
        const options = command.optsWithGlobals();
        await say(seeToLetter(act, id, options), options);
      });
  }
}

/** What is needed before anything runs. */
function addSettingUp(program: Command): void {
  program
    .command("doctor")
    .description("Whether a repository has all that Orchestrate needs, and what to do where it has not. Reads only.")
    .argument("[repository]", "owner/name")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", `${credentials}\n  orchestrate doctor acme/shop`)
    .action(async (repository, options) => {
      const { runDoctor } = await import("./cli/doctor.ts");
      process.exitCode = await runDoctor(repository, options);
    });

  program
    .command("token")
    .description("Print the token of one worker, with which it reports to the App over HTTP.")
    .requiredOption("--repository <name>", "the repository that it works on, owner/name")
    .requiredOption("--worker <worker>", "the worker, such as jules/1")
    .option("--fence <n>", "only for the assignment with this fence", parseCount)
    .option("--days <n>", "for so many days; without, until ORCHESTRATE_WORKER_SECRET changes", parseCount)
    .option("--json", "print the token with what it is for as JSON")
    .addHelpText("after", "\nExample:\n  orchestrate token --repository acme/shop --worker jules/1")
    .action(async (options) => {
      const { runToken } = await import("./worker-token.ts");
      process.exitCode = await runToken(options);
    });
}
