/** What `orchestrate plan --help` says below the options: the input, the answer and the exit codes. */
export const planHelp = `
FILE is JSON; - or /dev/stdin reads standard input:
  { "mode"?, "weights"?: { "priority"?, "blocker"?, "effort"? }, "now"?,
    "tasks": [{ "id", "title"?, "status"?, "priority"?, "estimateMinutes"?, "createdAt"?,
                "labels"?, "blockedBy"?: ["id" | { "id", "kind": "hard" | "soft" }] }],
    "agents"?: [{ "id", "type", "capacity", "capabilities"? }] }
  priority: 1 to 5, urgent to none, or P0 to P3. Times: ISO 8601 or epoch milliseconds.
  Ageing counts only when "now" is given.

Answer with --json:
  mode order ready blocked stages criticalPath impact scores cycles assignments
Answer with --compare --json:
  tasks capacity workMinutes criticalPathMinutes lowerBoundMinutes modes

Modes: priority blocker effort balanced critical attack.
Exit codes: 0 done, also when there are cycles; 1 failed; 2 the input or the usage is wrong.

Example:
  orchestrate plan docs/backlogs/release.json --mode critical
`;
