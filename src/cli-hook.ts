/** The commands of the hook in a git clone: put in, taken out, and what git itself calls. */
import type { Command } from "commander";

/** Adds them to the program. */
export function addHookCommands(program: Command): void {
  const hook = program
    .command("hook")
    .description(
      "A hook in this git clone: what has to go well before a commit or a push, told to whoever works here.",
    );

  hook
    .command("install")
    .description("Puts it in. A hook that is there stays, unless --force is said.")
    .option("--kind <kind>", "pre-commit or pre-push; pre-commit unless said otherwise")
    .option("--command <command>", "what has to go well; kept in the git configuration of this clone")
    .option("--agent <agent>", "the agent at this desk, whose heartbeats tell Orchestrate what went wrong")
    .option("--force", "in place of the hook that is there, which is kept beside it")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", '\nExample:\n  orchestrate hook install --command "npm test" --agent desk')
    .action(async (options) => {
      const { runHookInstall } = await import("./cli/hook.ts");
      process.exitCode = await runHookInstall(options);
    });

  hook
    .command("uninstall")
    .description("Takes it out, and puts back what was there before.")
    .option("--kind <kind>", "pre-commit or pre-push; both unless said otherwise")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", "\nExample:\n  orchestrate hook uninstall")
    .action(async (options) => {
      const { runHookUninstall } = await import("./cli/hook.ts");
      process.exitCode = await runHookUninstall(options);
    });

  hook
    .command("run")
    .description("What the hook does. Git calls it; called by hand, it tries the hook out.")
    .argument("<kind>", "pre-commit or pre-push")
    .argument("[args...]", "what git gives to its hook")
    .addHelpText("after", "\nExample:\n  orchestrate hook run pre-commit")
    .action(async (kind, args) => {
      const { runHook } = await import("./cli/hook-run.ts");
      process.exitCode = await runHook(kind, args);
    });
}
