/**
 * Vendors that listen to a label on an issue, as their own GitHub apps do: whoever puts it on gets no answer, nobody can ask or cancel what
 * comes of it, and the agent knows what the issue says and nothing of ours.
 */
import type { AgentConfig } from "../model/config-agent.ts";
import type { Clock } from "../ports/clock.ts";
import type { TimelineEntry } from "./records.ts";
import type { SeededChance } from "./seeded-chance.ts";
import { typeOfVendor } from "./session-identity.ts";
import type { Timeline } from "./timeline.ts";
import type { VendorName, VendorScript, VendorStore } from "./vendor-store.ts";
import type { World } from "./world.ts";

/** A webhook and a queue of the vendor's own. */
const hearingMs = [1_000, 5_000] as const;

export interface ListeningOptions {
  readonly world: World;
  readonly timeline: Timeline;
  /** Those of the configuration in force: who listens to which label. */
  readonly agents: () => readonly AgentConfig[];
  readonly store: VendorStore;
  readonly script: VendorScript;
  readonly clock: Clock;
  readonly chance: SeededChance;
}

/** From now on a label that is put on starts a session of the vendor that listens to it. One that stands already says nothing new. */
export function listenToLabels(options: ListeningOptions): void {
  const { timeline, clock, chance } = options;
  let count = 0;
  timeline.onEntry((entry) => {
    const number = Number(/^#(?<number>\d+)$/.exec(entry.target)?.groups?.["number"] ?? 0);
    const vendor = listenerOf(entry, options.agents());
    if (vendor === null || number === 0) return;
    clock.after(chance.between(...hearingMs), "vendor", () => {
      count += 1;
      begin(options, { vendor, number, id: `labelled-${count}` });
    });
  });
}

function listenerOf({ action, detail }: TimelineEntry, agents: readonly AgentConfig[]): VendorName | null {
  if (action !== "label" || detail["added"] !== true) return null;
  const name = String(detail["label"]).toLowerCase();
  const agent = agents.find((each) => each.dispatch === "label" && (each.label ?? each.type).toLowerCase() === name);
  const vendors = Object.keys(typeOfVendor) as VendorName[];
  return vendors.find((each) => typeOfVendor[each] === agent?.type) ?? null;
}

/** What a vendor would not take is an issue on which nothing happens. */
function begin(
  { world, store, script }: ListeningOptions,
  { vendor, number, id }: { readonly vendor: VendorName; readonly number: number; readonly id: string },
): void {
  const { title, body, state } = world.issue(number);
  if (state === "closed") return;
  const prompt = `${title}\n\n${body}\n\nOpen a pull request that says: Fixes #${number}`;
  const start = { vendor, prompt, startingBranch: "main", isFollowUp: false };
  if (script.admit(start) === "accepted") script.started(store.begin({ ...start, id, title }));
}
