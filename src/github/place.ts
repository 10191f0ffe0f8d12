/** The repository that a tracker serves, and what every file of this room needs to know of it. */
import { createHash } from "node:crypto";
import { toTaskId } from "../model/ids.ts";
import type { TaskId } from "../model/ids.ts";

export interface Place {
  readonly owner: string;
  readonly name: string;
  /** Database id. */
  readonly id: number;
  /** Host of its pages, `github.com` unless it is an enterprise server. */
  readonly host: string;
}

/** `owner/name`. */
export function fullNameOf(place: Place): string {
  return `${place.owner}/${place.name}`;
}

/** The parameters of every REST route below `/repos/{owner}/{repo}`. */
export function routeOf(place: Pick<Place, "owner" | "name">): { readonly owner: string; readonly repo: string } {
  return { owner: place.owner, repo: place.name };
}

/** Identity of an issue of this repository. */
export function taskIdIn(place: Place, issueId: number | string): TaskId {
  return toTaskId(place.id, issueId);
}

/** sha256 of title and body, hex; a zero byte between them, because neither can hold one. */
export function hashText(title: string, body: string): string {
  return createHash("sha256").update(`${title}\u0000${body}`).digest("hex");
}
