/** Whether a repository has all that Orchestrate needs. Reads only. */
import type { Connection } from "./connect.ts";
import type { Clock } from "./ports/clock.ts";
import type { Journal } from "./ports/journal.ts";
import type { Finding } from "./views/doctor-page.ts";

export interface Examination {
  readonly connection: Connection;
  readonly repository: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly journal: Journal;
}

export async function examine(_examination: Examination): Promise<readonly Finding[]> {
  return [];
}
