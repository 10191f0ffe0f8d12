/** What the App is granted on the repository and what it hears of it. */

/** What the App may do on the repository. */
export const appPermissions = {
  metadata: "read",
  issues: "write",
  pull_requests: "write",
  contents: "write",
  checks: "write",
  statuses: "write",
  actions: "write",
} as const;

/** What the App hears. `installation` and `installation_repositories` come without being asked for. */
export const appEvents = [
  "issues",
  "issue_comment",
  "issue_dependencies",
  "sub_issues",
  "pull_request",
  "pull_request_review",
  "check_suite",
  "check_run",
  "status",
  "workflow_run",
  "push",
] as const;
