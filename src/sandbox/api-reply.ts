/** What a route of the embedded GitHub answers, and how that becomes a response: bodies of errors, ETag, page links. */
import { createHash } from "node:crypto";

export interface Reply {
  readonly status: number;
  /** Undefined: no body. A string is sent as it is (raw media types); anything else, or what a function makes, as JSON. */
  readonly body?: unknown;
  /** What the body follows from, where that is shorter: the validator of a GET is of this. */
  readonly basis?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const documentationUrl = "https://docs.github.com/rest";

/** A refusal with GitHub's status and body. Thrown by routes and by what they call; `handle` turns it into a response. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly status: number;
  readonly errors: readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { readonly errors?: readonly unknown[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  /** The refusal as a reply. */
  toReply(): Reply {
    const errors = this.errors === undefined ? {} : { errors: this.errors };
    return {
      status: this.status,
      body: { message: this.message, ...errors, documentation_url: documentationUrl, status: String(this.status) },
      headers: this.headers,
    };
  }
}

/** GitHub's 404, also where it hides what exists. */
export function notFound(): ApiProblem {
  return new ApiProblem(404, "Not Found");
}

/** GitHub's 422 for one bad field of a resource. */
export function invalidField(resource: string, field: string, code = "invalid"): ApiProblem {
  return new ApiProblem(422, "Validation Failed", { errors: [{ resource, code, field }] });
}

/** GitHub's 422 with a sentence of its own. */
export function unprocessable(message: string): ApiProblem {
  return new ApiProblem(422, message);
}

/** A 200 with a JSON body. */
export function ok(body: unknown): Reply {
  return { status: 200, body };
}

/** A 201 with a JSON body. */
export function created(body: unknown): Reply {
  return { status: 201, body };
}

/** A 204. */
export function noContent(): Reply {
  return { status: 204 };
}

/** One page of a list, with the `Link` header that leads to the others. `url` is the request's own. */
export function page<Item>(
  items: readonly Item[],
  url: URL,
): { readonly items: readonly Item[]; readonly link: string } {
  const size = Math.min(Math.max(positive(url.searchParams.get("per_page"), 30), 1), 100);
  const at = Math.max(positive(url.searchParams.get("page"), 1), 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const link: string[] = [];
  const add = (target: number, relation: string): void => {
    const to = new URL(url);
    to.searchParams.set("page", String(target));
    link.push(`<${to.href}>; rel="${relation}"`);
  };
  if (at > 1) add(at - 1, "prev");
  if (at < last) {
    add(at + 1, "next");
    add(last, "last");
  }
  if (at > 1) add(1, "first");
  return { items: items.slice((at - 1) * size, at * size), link: link.join(", ") };
}

/** A page of records as a reply; only the records of the page are rendered. */
export function pageReply<Item>(items: readonly Item[], url: URL, render: (item: Item) => unknown): Reply {
  const { items: shown, link } = page(items, url);
  return { status: 200, body: shown.map(render), ...(link === "" ? {} : { headers: { link } }) };
}

/** A page inside an object, as lists with `total_count` are given. */
export function countedPage<Item>(
  items: readonly Item[],
  url: URL,
  shape: { readonly name: string; readonly render: (item: Item) => unknown },
): Reply {
  const { items: shown, link } = page(items, url);
  return {
    status: 200,
    body: { total_count: items.length, [shape.name]: shown.map(shape.render) },
    ...(link === "" ? {} : { headers: { link } }),
  };
}

function positive(text: string | null, fallback: number): number {
  const value = text === null ? Number.NaN : Number.parseInt(text, 10);
  return Number.isFinite(value) && value > 0 ? value : fallback;
}

/** The body as it is sent. */
export function textOf({ body }: Reply): string {
  if (typeof body === "string") return body;
  return JSON.stringify(typeof body === "function" ? body() : body);
}

/** The weak validator of a body. */
export function etagOf(body: string): string {
  return `W/"${createHash("sha1").update(body).digest("hex")}"`;
}

/** Whether an `If-None-Match` header names this validator; the comparison is the weak one. */
export function matchesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const bare = (value: string): string => value.trim().replace(/^W\//, "");
  return header.split(",").some((candidate) => bare(candidate) === bare(etag) || candidate.trim() === "*");
}
