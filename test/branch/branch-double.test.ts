/** The branch store on the double keeps the contract, in more random histories than real git has time for. */
import { describeEventStore } from "../contract/event-store.contract.ts";
import { BranchDouble } from "./branch-double.ts";
import { earlyCompaction, givenStore } from "./store-given.ts";

describeEventStore("The branch store on the double", {
  runs: 100,
  createHost: async () => {
    const double = new BranchDouble();
    return {
      connect: () => givenStore(double.request, { compaction: earlyCompaction }),
      wait: async () => {},
      close: async () => {},
    };
  },
});
