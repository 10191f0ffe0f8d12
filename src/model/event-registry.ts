/** The events of agents that come, change and go while the program runs. */
import type { AgentConfig } from "./config-agent.ts";
import type { AgentId } from "./ids.ts";

export type RegistryEvent =
  /** An agent beside those of the file; `agent` is its id. */
  | {
      readonly type: "AgentRegistered";
      readonly agent: AgentId;
      readonly definition: AgentConfig;
      readonly by: string;
    }
  | { readonly type: "AgentRevised"; readonly agent: AgentId; readonly definition: AgentConfig; readonly by: string }
  /** An agent gets no new work; what it has is looked after to its end. */
  | {
      readonly type: "AgentRemoved";
      readonly agent: AgentId;
      readonly by: string;
      /** The file names one with this id, which takes its place. */
      readonly isReplaced?: true;
      /** Where the file had named it and it had sessions: the last entry that it had there. */
      readonly definition?: AgentConfig;
    }
  /** The slots of an agent of the file, as a person wants them; null: the file's again. */
  | {
      readonly type: "CapacityOverridden";
      readonly agent: AgentId;
      readonly capacity: number | null;
      readonly by: string;
    };
