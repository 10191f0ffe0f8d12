/** The ways of requests: from the program through a faulty network, or travelling over real HTTP, to GitHub, Linear and the vendors. */
import type { VendorType } from "../model/config-agent.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import { noFaults, type Faults } from "./faults.ts";
import type { Linear } from "./linear.ts";
import { createNetwork, type Caller, type Destination } from "./network.ts";
import type { SeededChance } from "./seeded-chance.ts";
import { openTurnstile, type Turnstile } from "./turnstile.ts";
import type { Vendors } from "./vendors.ts";
import type { World } from "./world.ts";

export interface TrafficOptions {
  readonly clock: Clock;
  readonly turnstile: Turnstile;
  readonly faults: Faults;
  readonly world: World;
  readonly vendors: Vendors;
  readonly linear: Linear;
  readonly linearUrl: string;
  readonly htmlUrl: string;
  readonly vendorBaseUrls: Readonly<Record<VendorType, string>>;
  /** How requests of the program travel; null: they go straight in, through the turnstile. */
  readonly transport: ((request: Request) => Promise<Response>) | null;
}

export interface Traffic {
  /** The requests of one caller, with the faults of the scenario. */
  fetchFor(caller: Caller): Fetch;
  /** Requests that nobody dies of: those of jobs; and, without faults, those of the last look. */
  calmFetch(chance: SeededChance, withFaults: boolean): Fetch;
  /** The server's side: no faults. */
  handle(request: Request): Promise<Response>;
}

type Route = (url: URL) => Destination | null;

/** By address: the embedded Linear's, a vendor's, or the embedded GitHub's. */
function createRoute({ htmlUrl, vendorBaseUrls, world, vendors, ...options }: TrafficOptions): Route {
  const github: Destination = { kind: "github", handle: (request) => world.handle(request) };
  const vendor: Destination = { kind: "vendor", handle: (request) => vendors.handle(request) };
  const linear: Destination = { kind: "linear", handle: (request) => options.linear.handle(request) };
  const vendorUrls = Object.values(vendorBaseUrls);
  return (url) => {
    if (url.href === options.linearUrl) return linear;
    if (vendorUrls.some((base) => url.href.startsWith(`${base}/`))) return vendor;
    return url.origin === new URL(htmlUrl).origin ? github : null;
  };
}

/** The traffic of a run. */
export function createTraffic(options: TrafficOptions): Traffic {
  const { clock, transport } = options;
  const direct = createRoute(options);
  const route: Route = (url) => {
    const destination = direct(url);
    if (destination === null || transport === null) return destination;
    return { kind: destination.kind, handle: transport };
  };
  // Requests that travel come to the turnstile at the server; waiting for it here as well would be for ever.
  const turnstile = transport === null ? options.turnstile : openTurnstile;
  const faulty = createNetwork({ clock, turnstile, faults: options.faults, route });
  const calm = createNetwork({ clock, turnstile, faults: noFaults, route });
  return {
    fetchFor: faulty.fetchFor,
    calmFetch(chance, withFaults) {
      const caller: Caller = { isAlive: () => true, crash: () => undefined, crashRate: 0, chance };
      return (withFaults ? faulty : calm).fetchFor(caller);
    },
    async handle(request) {
      const destination = direct(new URL(request.url));
      return destination === null ? new Response("Not Found", { status: 404 }) : destination.handle(request);
    },
  };
}
