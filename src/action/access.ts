/** How the Action reaches GitHub: the job's own token, or a GitHub App's. */
import { z } from "zod";
import type { Credentials } from "../connect.ts";

export interface Access {
  readonly credentials: Credentials;
}

interface Given {
  readonly token?: string | undefined;
  readonly "app-id"?: string | undefined;
  readonly "private-key"?: string | undefined;
}

const keyPattern = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+-----END [A-Z ]*PRIVATE KEY-----/;

/** The inputs `token`, `app-id` and `private-key`; their mistakes never repeat them. */
export const access = z
  .object({ token: z.string().optional(), "app-id": z.string().optional(), "private-key": z.string().optional() })
  .transform((given, context): Access => {
    for (const message of mistakesOf(given)) context.addIssue({ code: "custom", message });
    const { token = "", "app-id": appId, "private-key": privateKey } = given;
    if (appId !== undefined && privateKey !== undefined) return { credentials: { kind: "app", appId, privateKey } };
    return { credentials: { kind: "token", token } };
  });

function mistakesOf({ token, "app-id": appId, "private-key": privateKey }: Given): readonly string[] {
  const isApp = appId !== undefined || privateKey !== undefined;
  if (!isApp) {
    return token === undefined
      ? ["`token` is empty. Leave it out to use the job's own token, or set `app-id` and `private-key`."]
      : [];
  }
  if (appId === undefined) return ["`private-key` is set and `app-id` is not. Set both, or neither to use `token`."];
  const id = /^\d{1,20}$/.test(appId)
    ? []
    : ["`app-id` is not a number. Copy the App ID (not the client ID) from the GitHub App's settings."];
  if (privateKey === undefined)
    return [...id, "`app-id` is set and `private-key` is not. Set both, or neither to use `token`."];
  if (keyPattern.test(privateKey)) return id;
  return [...id, "`private-key` is not a private key. Use the whole PEM file, from -----BEGIN to -----END."];
}
