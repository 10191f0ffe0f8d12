/** The doctor on the agents that were registered while the program runs: they need their keys and their workflow as those of the file do. */
import { configOf } from "../state/config-in-force.ts";
import type { Config } from "../model/config.ts";
import type { ConfigInForce } from "../model/registry.ts";
import { StoreTooNew, StoreUnavailable } from "../ports/store.ts";
import type { Finding } from "../views/doctor-page.ts";
import { wireReading, type RepositoryTarget, type Surroundings } from "../wire.ts";
import { warning } from "./ask.ts";

/** The file as it is now, with the agents beside it as the state branch has them. */
export async function withRegistered(
  file: Config,
  surroundings: Surroundings,
  target: RepositoryTarget,
): Promise<{ readonly findings: readonly Finding[]; readonly config: ConfigInForce }> {
  try {
    const { registry = null } = (await wireReading(surroundings, target))?.state ?? {};
    return { findings: [], config: configOf({ configuration: null, registry }, file) };
  } catch (error) {
    if (!(error instanceof StoreUnavailable || error instanceof StoreTooNew)) throw error;
    const message = `Whether agents were registered over HTTP could not be read: ${error.message}`;
    return { findings: [warning("Agents", message, "Look again when the state can be read.")], config: file };
  }
}
