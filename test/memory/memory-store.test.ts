/** The store in memory keeps the contract, with and without compaction. */
import { createMemoryStore } from "../../src/memory/memory-store.ts";
import { describeEventStore } from "../contract/event-store.contract.ts";

for (const compactAfter of [Number.POSITIVE_INFINITY, 4]) {
  describeEventStore(`The memory store that compacts after ${compactAfter} entries`, {
    runs: 100,
    createHost: async () => {
      const store = createMemoryStore({ compactAfter });
      return { connect: () => store, wait: async () => {}, close: async () => {} };
    },
  });
}
