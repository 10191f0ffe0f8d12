/**
 * What is put into a Sprite: where its files are, what it may reach, and the script that runs the configured command once
 * and sees to it that an outcome is left. Issue text is only ever in the prompt file.
 */
export const spriteFolder = "/home/sprite/orchestrate";

export const spriteFiles = {
  prompt: `${spriteFolder}/prompt.md`,
  job: `${spriteFolder}/job.json`,
  runner: `${spriteFolder}/run.sh`,
  outcome: `${spriteFolder}/outcome.json`,
} as const;

/** The registries of the provider's own preset and GitHub; everything else is refused. */
export const networkRules = [
  { include: "defaults" },
  { domain: "github.com", action: "allow" },
  { domain: "*.github.com", action: "allow" },
  { domain: "*.githubusercontent.com", action: "allow" },
  { domain: "*", action: "deny" },
] as const;

/**
 * The script. A service is started again when it ends or when the Sprite wakes, so the command runs behind a mark of its
 * first start. The configured command is the repository's own, as trusted as a workflow file.
 */
export function renderRunner(command: string): string {
  return `#!/bin/sh
cd '${spriteFolder}' || exit 1
export ORCHESTRATE_PROMPT='${spriteFiles.prompt}'
export ORCHESTRATE_JOB='${spriteFiles.job}'
export ORCHESTRATE_OUTCOME='${spriteFiles.outcome}'
leave() {
  [ -e outcome.json ] && return
  printf '{"state":"failed","reason":"%s"}' "$1" > outcome.part && mv outcome.part outcome.json
}
if mkdir started 2>/dev/null; then
  (
${command}
  )
  leave "The program ended with exit code $? and left no outcome."
else
  leave "The Sprite was restarted while the program ran."
fi
exec sleep infinity
`;
}
