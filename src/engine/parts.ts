/** What one repository's engine is made of: the ports, and who it is. */
import type { Config } from "../model/config.ts";
import type { TaskTemplate } from "../model/template.ts";
import type { StreamId } from "../model/ids.ts";
import type { ScheduleNow } from "../model/mode.ts";
import type { AlertService } from "../ports/alert-service.ts";
import type { Agents } from "../ports/agent.ts";
import type { Chance } from "../ports/chance.ts";
import type { Conflicts } from "../ports/conflicts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Noticeboard } from "../ports/noticeboard.ts";
import type { EventStore } from "../ports/store.ts";
import type { Tracker, WorkflowRuns } from "../ports/tracker.ts";

export interface EngineParts {
  readonly stream: StreamId;
  /** `owner/name`, for people and prompts. */
  readonly repository: string;
  readonly defaultBranch: string;
  /** Names this running copy; leases are held under it. */
  readonly owner: string;
  /** Tests and the sandbox assert every invariant of the whole state after every append; in the field only what was touched. */
  readonly assertsEverything?: boolean;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly journal: Journal;
  /** Reads the rules of `schedule` at an instant; where it is left out, no rule begins or ends. */
  readonly timetable?: (rules: Config["schedule"], now: number) => ScheduleNow;
  /** Resident megabytes of the process; where it is left out, nothing is refused for want of memory. */
  readonly memory?: () => number;
}

/** The orchestrator's view of the world, beside its store. */
export interface World {
  readonly tracker: Tracker;
  readonly runs: WorkflowRuns;
  readonly agents: Agents;
  /** Which files of two branches stand in the way of merging them; left out: nobody is asked. */
  readonly conflicts?: Conflicts;
  /** Left out where this process holds no key of Linear. */
  readonly noticeboard?: Noticeboard;
  /** Left out where this process was not told where alerts are sent. */
  readonly alertService?: AlertService;
  /** Reads a configuration text; problems are sentences with line and path. */
  readonly parseConfiguration: (text: string) => {
    readonly config: Config | null;
    readonly problems: readonly string[];
  };
  /** Reads the text of a task template likewise. */
  readonly parseTemplate: (text: string) => TemplateText;
}

/** A task template, or why there is none in the text: sentences with line and path. */
export interface TemplateText {
  readonly template: TaskTemplate | null;
  readonly problems: readonly string[];
}
