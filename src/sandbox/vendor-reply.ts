/** What the doors of the embedded vendors share: reading a request, and answering in JSON. */
import type { Clock } from "../ports/clock.ts";
import type { VendorScript, VendorStore } from "./vendor-store.ts";

/** What a door is made from. */
export interface DoorOptions {
  readonly clock: Clock;
  readonly store: VendorStore;
  readonly script: VendorScript;
  /** The only key that is let in. */
  readonly key: string;
  /** `owner/name`: the one repository that the vendors see. */
  readonly repository: string;
  /** Where sessions have their pages; shown to people only. */
  readonly pageUrl: string;
}

/** A request on its way through a door, with the part of the path behind the base URL. */
export interface DoorRequest {
  readonly request: Request;
  readonly url: URL;
  readonly path: string;
  /** The text of the body; empty when there is none. */
  readonly body: string;
}

export type Door = (request: DoorRequest) => Response;

/** A JSON answer. */
export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

/** The body as an object; an empty one when it is something else. */
export function toBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return toObject(value);
  } catch {
    // What is not JSON has none of the fields that a route asks for, and is refused by the route for that.
    return {};
  }
}

/** The value when it is an object, else an empty one. */
export function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** The value when it is a text that is not empty, else null. */
export function toText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** One page of a list; tokens are offsets. */
export function toPage<Item>(
  items: readonly Item[],
  wish: { readonly size: string | null; readonly token: string | null; readonly sizeDefault: number },
): { readonly items: readonly Item[]; readonly next: string | null } {
  const asked = Number(wish.size ?? wish.sizeDefault);
  const size = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 100) : wish.sizeDefault;
  const from = Math.max(0, Number(wish.token ?? 0) || 0);
  const end = from + size;
  return { items: items.slice(from, end), next: end < items.length ? String(end) : null };
}

/** An instant as vendors write it. */
export function toIso(at: number): string {
  return new Date(at).toISOString();
}
