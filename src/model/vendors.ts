/** Who the vendors are on GitHub: numeric account ids, because a login can be taken by somebody else. */
import type { AgentType } from "./config-agent.ts";

/**
 * Accounts that author pull requests of an agent type. Bifrost pushes with a token of the installation, so its pull
 * requests are known by the branch; Cursor authors as the person unless it opens them as its GitHub App. What a workflow of
 * the user's own opens is known by the branch, whoever it pushes as; and so is what comes from a person's desk.
 */
export const vendorAccounts: Readonly<Record<AgentType, readonly number[]>> = {
  jules: [161369871],
  cursor: [206951365],
  bifrost: [],
  workflow: [],
  pull: [],
};

/** The login that each account shows, for people; judge by the number. */
export const vendorLogins: Readonly<Record<AgentType, readonly string[]>> = {
  jules: ["google-labs-jules[bot]"],
  cursor: ["cursor[bot]"],
  bifrost: [],
  workflow: [],
  pull: [],
};

/** Whether a session can be ended from outside. Where it cannot, only its own end or a person frees the worker. */
export const canEndSessions: Readonly<Record<AgentType, boolean>> = {
  jules: false,
  cursor: true,
  bifrost: true,
  workflow: true,
  pull: false,
};
