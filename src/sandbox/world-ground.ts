/**
 * What all acts stand on: state, git, and the three ways an act is heard of (webhook, issue event, timeline). Webhooks
 * are signed here, over the exact bytes that go out.
 */
import { createHmac } from "node:crypto";
import type { Chance } from "../ports/chance.ts";
import type { Git, Identification } from "./git-types.ts";
import type {
  Delivery,
  IssueEventRecord,
  IssueRecord,
  RepositoryPermission,
  TimelineEntry,
  UserRecord,
} from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";
import { actionsApp, isPull } from "./repository-state.ts";
import { repositoryJson, userJson } from "./rest-json.ts";
import type { Json } from "./rest-json.ts";
import { organizationJson } from "./rest-json-ends.ts";
import type { RepositoryEvent } from "./workflow-triggers.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor } from "./world-acts.ts";

export interface GroundParts {
  readonly state: RepositoryState;
  readonly git: Git;
  readonly chance: Chance;
  readonly webhookSecret: string;
}

/** An issue event without what the ground fills in. */
export type NewIssueEvent = Omit<IssueEventRecord, "id" | "node" | "actor" | "viaApp" | "createdAt" | "issue">;

const ranks: readonly RepositoryPermission[] = ["none", "read", "triage", "write", "maintain", "admin"];

export class Ground {
  readonly state: RepositoryState;
  readonly git: Git;
  readonly #chance: Chance;
  readonly #secret: string;
  readonly #hook: number;
  readonly #deliveryListeners: ((delivery: Delivery) => void)[] = [];
  readonly #eventListeners: ((event: RepositoryEvent) => void)[] = [];
  readonly #timelineListeners: ((entry: TimelineEntry) => void)[] = [];

  constructor(parts: GroundParts) {
    this.state = parts.state;
    this.git = parts.git;
    this.#chance = parts.chance;
    this.#secret = parts.webhookSecret;
    this.#hook = parts.state.nextId("hook");
  }

  onDelivery(listener: (delivery: Delivery) => void): void {
    this.#deliveryListeners.push(listener);
  }

  /** Everything that can set off a workflow. */
  onEvent(listener: (event: RepositoryEvent) => void): void {
    this.#eventListeners.push(listener);
  }

  onTimeline(listener: (entry: TimelineEntry) => void): void {
    this.#timelineListeners.push(listener);
  }

  /** Sends a webhook to the App, where it is installed. `event` may name its action: `issues.opened`. */
  deliver(name: string, actor: Actor, body: Json): void {
    const { state } = this;
    const [event = name, action] = name.split(".");
    this.#tellWorkflows({ event, action: action ?? null }, actor, body);
    if (state.installation === null) return;
    const { owner, isOrganization } = state.repository;
    const isAboutInstallation = event === "installation" || event === "installation_repositories";
    const payload = {
      ...(action === undefined ? {} : { action }),
      ...body,
      ...(isAboutInstallation || "repository" in body ? {} : { repository: repositoryJson(state) }),
      ...(isOrganization && !isAboutInstallation ? { organization: organizationJson(state, owner) } : {}),
      ...(isAboutInstallation ? {} : { installation: { id: state.installation.id, node_id: state.installation.node } }),
      sender: userJson(state, actor.user),
    };
    this.redeliver(this.#sign(event, JSON.stringify(payload)));
  }

  #tellWorkflows(of: { readonly event: string; readonly action: string | null }, actor: Actor, body: Json): void {
    if (this.#eventListeners.length === 0 || of.event.startsWith("installation")) return;
    const payload = {
      ...(of.action === null ? {} : { action: of.action }),
      ...body,
      ...("repository" in body ? {} : { repository: repositoryJson(this.state) }),
      sender: userJson(this.state, actor.user),
    };
    const isByJob = actor.viaApp === actionsApp.id;
    const told = { name: of.event, action: of.action, payload, isByJob, actor: actor.user.login };
    for (const listener of this.#eventListeners) listener(told);
  }

  /** Hands a signed delivery to whoever carries it. */
  redeliver(delivery: Delivery): void {
    const now = { ...delivery, at: this.state.now() };
    for (const listener of this.#deliveryListeners) listener(now);
  }

  /** Adds an entry to the issue-events feed. */
  note(actor: Actor, issue: IssueRecord, event: NewIssueEvent): IssueEventRecord {
    const record: IssueEventRecord = {
      ...this.state.identity("issueEvent"),
      ...event,
      issue: issue.number,
      actor: actor.user,
      viaApp: actor.viaApp,
      createdAt: this.state.now(),
    };
    this.state.issueEvents.push(record);
    this.state.index({ kind: "IssueEvent", record });
    return record;
  }

  /** Tells the report what happened to an issue or pull request. */
  tell(actor: Actor, action: TimelineEntry["action"], about: { readonly target: string; readonly detail: Json }): void {
    const entry: TimelineEntry = { at: this.state.now(), actor: actor.user.login, action, ...about };
    for (const listener of this.#timelineListeners) listener(entry);
  }

  touch(issue: IssueRecord): void {
    issue.updatedAt = this.state.now();
  }

  /** The issue or pull request of a number: 404 unknown, 410 deleted, 404 transferred. */
  find(number: number): IssueRecord {
    const issue = this.state.issues.get(number);
    if (issue !== undefined) return issue;
    if (this.state.gone.get(number)?.kind === "deleted") throw new ActRefusal(410, "This issue was deleted");
    throw new ActRefusal(404, "Not Found");
  }

  findPull(number: number): IssueRecord & { readonly pull: NonNullable<IssueRecord["pull"]> } {
    const issue = this.find(number);
    if (!isPull(issue)) throw new ActRefusal(404, "Not Found");
    return issue;
  }

  /** Whether the actor has at least this permission. An App's token has write: what it was granted, doors check. */
  may(actor: Actor, least: RepositoryPermission): boolean {
    const has = actor.viaApp === null ? this.state.permission(actor.user) : "write";
    return ranks.indexOf(has) >= ranks.indexOf(least);
  }

  demand(actor: Actor, least: RepositoryPermission): void {
    if (this.may(actor, least)) return;
    throw new ActRefusal(
      403,
      `${actor.user.login} needs ${least} permission on ${this.state.repository.fullName} for this.`,
    );
  }

  /** The author may, and so may those with the permission. */
  demandOwn(actor: Actor, author: UserRecord, least: RepositoryPermission): void {
    if (author.id !== actor.user.id) this.demand(actor, least);
  }

  /** How git names the actor: the noreply address that GitHub gives. */
  identify(actor: Actor): Identification {
    const { id, login } = actor.user;
    return { name: login, email: `${id}+${login}@users.noreply.github.com`, at: this.state.now() };
  }

  #sign(event: string, body: string): Delivery {
    const signature = `sha256=${createHmac("sha256", this.#secret).update(body).digest("hex")}`;
    const id = this.#deliveryId();
    const headers = {
      accept: "*/*",
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/5d1f2a3",
      "x-github-delivery": id,
      "x-github-event": event,
      "x-github-hook-id": String(this.#hook),
      "x-github-hook-installation-target-id": String(this.state.app.id),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature-256": signature,
    };
    return { id, event, body, signature, headers, at: this.state.now() };
  }

  /** A version 4 UUID from the seed. */
  #deliveryId(): string {
    const hex = Array.from({ length: 32 }, () => Math.floor(this.#chance.next() * 16).toString(16)).join("");
    const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) % 4] ?? "8";
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** `#12`, or `pull #14`, as the timeline names them. */
export function targetOf(issue: IssueRecord): string {
  return issue.pull === null ? `#${issue.number}` : `pull #${issue.number}`;
}
