/** The inputs `alert-webhook` and `alert-secret`; their mistakes never repeat them. */
import { z } from "zod";
import { findAddressProblem, findSecretProblem, type Receiver } from "../webhook/address.ts";

/** An object without a key where none is set. */
export const alertReceiver = z
  .object({ "alert-webhook": z.string().optional(), "alert-secret": z.string().optional() })
  .transform(({ "alert-webhook": url, "alert-secret": secret }, context): { readonly alertReceiver?: Receiver } => {
    for (const message of mistakesOf(url, secret)) context.addIssue({ code: "custom", message });
    return url === undefined ? {} : { alertReceiver: { url, ...(secret === undefined ? {} : { secret }) } };
  });

function mistakesOf(url: string | undefined, secret: string | undefined): readonly string[] {
  if (url === undefined)
    return secret === undefined ? [] : ["`alert-secret` is set and `alert-webhook` is not. Set both."];
  const problems = {
    "alert-webhook": findAddressProblem(url),
    "alert-secret": findSecretProblem(secret ?? " ".repeat(16)),
  };
  return Object.entries(problems).flatMap(([name, problem]) => (problem === null ? [] : [`\`${name}\` ${problem}`]));
}
