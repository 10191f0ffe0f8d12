/** What a message looks like to the receiver: chats that take one form only get that one, everybody else gets all of it. */
import type { Message } from "../model/alert.ts";

/** Discord refuses more. */
const discordMax = 2_000;

/** By the host, because each of these has addresses of its own. The first that fits counts. */
const forms: readonly { readonly isFor: (url: URL) => boolean; readonly shape: (message: Message) => unknown }[] = [
  // Both refuse, or may refuse, keys that they do not know.
  { isFor: isOneOf("hooks.slack.com", "hooks.slack-gov.com", "chat.googleapis.com"), shape: ({ text }) => ({ text }) },
  { isFor: isSlackCompatible, shape: ({ text }) => ({ text }) },
  { isFor: isOneOf("discord.com", "discordapp.com"), shape: toDiscord },
  { isFor: isOneOf("webhook.office.com", "logic.azure.com", "powerplatform.com"), shape: toTeams },
];

/** JSON, the same bytes for the same message and receiver. */
export function toBody(message: Message, url: string): string {
  const address = new URL(url);
  const form = forms.find(({ isFor }) => isFor(address));
  return JSON.stringify(form === undefined ? message.document : form.shape(message));
}

/** The host itself, or one below it. */
function isOneOf(...hosts: readonly string[]): (url: URL) => boolean {
  return ({ hostname }) => hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}

/** Discord takes what is meant for Slack at an address of its own. */
function isSlackCompatible(url: URL): boolean {
  return isOneOf("discord.com", "discordapp.com")(url) && url.pathname.replace(/\/$/, "").endsWith("/slack");
}

function toDiscord({ text }: Message): unknown {
  // Half of a letter that is two units long is none.
  const cut = text.slice(0, discordMax - 1).replace(/[\uD800-\uDBFF]$/, "");
  const content = text.length <= discordMax ? text : `${cut}…`;
  return { content, allowed_mentions: { parse: [] } };
}

/** The workflows of Teams take adaptive cards and nothing else. */
function toTeams({ text }: Message): unknown {
  const body = text.split("\n").map((line) => ({ type: "TextBlock", text: line, wrap: true }));
  const schema = "http://adaptivecards.io/schemas/adaptive-card.json";
  const content = { $schema: schema, type: "AdaptiveCard", version: "1.4", body };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return { type: "message", attachments: [{ contentType, contentUrl: null, content }] };
}
