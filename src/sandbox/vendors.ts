/** The embedded vendors behind one `handle`: it knows by its base URL which door a request is for. */
import type { VendorType } from "../model/config-agent.ts";
import type { Clock } from "../ports/clock.ts";
import { createCursorDoor } from "./vendor-cursor.ts";
import { createJulesDoor } from "./vendor-jules.ts";
import { answer, type Door, type DoorOptions } from "./vendor-reply.ts";
import { createSpritesDoor } from "./vendor-sprites.ts";
import { createVendorStore, type VendorScript, type VendorStore } from "./vendor-store.ts";

export interface VendorsOptions {
  readonly clock: Clock;
  /** Plays the agents; it moves sessions on through the `store` of the result. */
  readonly script: VendorScript;
  /** `owner/name`, the one repository that the vendors see. */
  readonly repository: string;
  readonly keys: Readonly<Record<VendorType, string>>;
  /** What the adapters are given as base URLs; a live server takes `toVendorBaseUrls`. */
  readonly baseUrls: Readonly<Record<VendorType, string>>;
}

/** The three APIs, and what they remember. */
export interface Vendors {
  readonly store: VendorStore;
  /** Rejects never. A request that is for no vendor is a 404. */
  handle(request: Request): Promise<Response>;
}

const doors: Readonly<Record<VendorType, (options: DoorOptions) => Door>> = {
  jules: createJulesDoor,
  cursor: createCursorDoor,
  bifrost: createSpritesDoor,
};

/** Where the vendors are on a server of their own: `<baseUrl>/jules/v1alpha`, `<baseUrl>/cursor`, `<baseUrl>/sprites`. */
export function toVendorBaseUrls(baseUrl: string): Readonly<Record<VendorType, string>> {
  return { jules: `${baseUrl}/jules/v1alpha`, cursor: `${baseUrl}/cursor`, bifrost: `${baseUrl}/sprites` };
}

/** Vendors without a session. */
export function createVendors(options: VendorsOptions): Vendors {
  const { clock, script, repository, keys, baseUrls } = options;
  const store = createVendorStore({ clock });
  const types: readonly VendorType[] = ["jules", "cursor", "bifrost"];
  const served = types.map((type) => {
    const base = baseUrls[type].replace(/\/+$/, "");
    const pageUrl = `${new URL(base).origin}/pages/${type}`;
    return { base, door: doors[type]({ clock, script, store, repository, key: keys[type], pageUrl }) };
  });

  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const address = `${url.origin}${url.pathname}`;
    const found = served.find(({ base }) => address.startsWith(`${base}/`));
    if (found === undefined) return answer(404, { error: "not_found", message: "No vendor is served here." });
    const body = await request.text();
    return found.door({ request, url, path: address.slice(found.base.length), body });
  }

  return { store, handle };
}
