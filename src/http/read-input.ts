/** The input of a request as a route's schema has it: the parameters of its address, or its body. */
import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { Problem } from "./problem.ts";

/** No request of the routes comes near this. */
const bodyBytesMax = 64 * 1024;

/** Parses `input`; throws a 400 whose sentence names the first field that is wrong. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new Problem(400, "The request is not understood.");
  if (issue.code === "unrecognized_keys") throw new Problem(400, `There is no field \`${issue.keys[0] ?? ""}\` here.`);
  const field = issue.path.join(".");
  throw new Problem(400, field === "" ? "The body must be a JSON object." : `\`${field}\` ${issue.message}.`);
}

/** The JSON of the body. Throws a 415 where it is announced as something else, a 413 over 64 KB, a 400 where it is none. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const mediaType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") throw new Problem(415, "Send JSON, with `Content-Type: application/json`.");
  const bytes = await collect(request);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Problem(400, "The body is not JSON in UTF-8.");
  }
}

function collect(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    // What comes after the bound is read and dropped, so that whoever sends it hears the answer.
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyBytesMax) chunks.push(chunk);
      else reject(new Problem(413, `The body is over ${bodyBytesMax / 1024} KB, which no request here needs.`));
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", () => reject(new Problem(400, "The body has not come whole.")));
  });
}
