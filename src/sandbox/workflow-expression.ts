/**
 * The expressions of workflow files, as far as conditions and groups use them: contexts, literals, comparison, logic, and the
 * functions on text. What a context does not have is null; text is compared whatever its letter case, as on GitHub.
 */

export type Contexts = Readonly<Record<string, unknown>>;

/** The value of `${{ … }}`, or of the bare text of an `if`. Throws on what is no expression. */
export function evaluateExpression(text: string, contexts: Contexts): unknown {
  const inner = /^\s*\$\{\{(?<inner>[\s\S]*)\}\}\s*$/.exec(text)?.groups?.["inner"] ?? text;
  const reader = new Reader(toTokens(inner), contexts);
  const value = reader.readOr();
  reader.end();
  return value;
}

/** Text with its expressions put in. */
export function renderTemplate(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{([\s\S]*?)\}\}/g, (_whole, inner: string) =>
    toText(evaluateExpression(inner, contexts)),
  );
}

/** As GitHub takes a value for a condition. */
export function isTruthy(value: unknown): boolean {
  return value !== null && value !== undefined && value !== false && value !== 0 && value !== "";
}

const tokenPattern =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_][\w-]*(?:\.[\w*-]+)*)|(?<sign>\|\||&&|==|!=|[!(),]))/y;

interface Token {
  readonly kind: "text" | "number" | "name" | "sign";
  readonly value: string;
}

function toTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (text.slice(tokenPattern.lastIndex).trim() !== "") {
    const from = tokenPattern.lastIndex;
    const groups = tokenPattern.exec(text)?.groups;
    const found = Object.entries(groups ?? {}).find(([, value]) => value !== undefined);
    if (found === undefined) throw new Error(`"${text.slice(from, from + 20)}" is no part of an expression.`);
    tokens.push({ kind: found[0] as Token["kind"], value: String(found[1]) });
  }
  return tokens;
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? "Object" : String(value as string | number | boolean);
}

function isSame(left: unknown, right: unknown): boolean {
  if (typeof left === "string" && typeof right === "string") return left.toLowerCase() === right.toLowerCase();
  if (typeof left === typeof right) return left === right;
  return toNumber(left) === toNumber(right);
}

/** Values of different kinds are compared as numbers. */
function toNumber(value: unknown): number {
  if (value === null || value === undefined || value === "") return 0;
  return typeof value === "object" ? Number.NaN : Number(value);
}

const functions: Readonly<Record<string, (values: readonly unknown[]) => unknown>> = {
  startswith: ([text, start]) => toText(text).toLowerCase().startsWith(toText(start).toLowerCase()),
  endswith: ([text, end]) => toText(text).toLowerCase().endsWith(toText(end).toLowerCase()),
  contains: ([where, what]) =>
    Array.isArray(where)
      ? where.some((each) => isSame(each, what))
      : toText(where).toLowerCase().includes(toText(what).toLowerCase()),
  format: ([pattern, ...values]) =>
    toText(pattern).replaceAll(/\{(\d+)\}/g, (_whole, index: string) => toText(values[Number(index)])),
  always: () => true,
  success: () => true,
  failure: () => false,
  cancelled: () => false,
};

class Reader {
  readonly #tokens: readonly Token[];
  readonly #contexts: Contexts;
  #at = 0;

  constructor(tokens: readonly Token[], contexts: Contexts) {
    this.#tokens = tokens;
    this.#contexts = contexts;
  }

  end(): void {
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new Error(`"${rest.value}" is too much in an expression.`);
  }

  readOr(): unknown {
    let value = this.#readAnd();
    while (this.#take("||")) {
      const right = this.#readAnd();
      value = isTruthy(value) ? value : right;
    }
    return value;
  }

  #readAnd(): unknown {
    let value = this.#readEquality();
    while (this.#take("&&")) {
      const right = this.#readEquality();
      value = isTruthy(value) ? right : value;
    }
    return value;
  }

  #readEquality(): unknown {
    let value = this.#readUnary();
    for (;;) {
      if (this.#take("==")) value = isSame(value, this.#readUnary());
      else if (this.#take("!=")) value = !isSame(value, this.#readUnary());
      else return value;
    }
  }

  #readUnary(): unknown {
    if (this.#take("!")) return !isTruthy(this.#readUnary());
    if (this.#take("(")) {
      const value = this.readOr();
      this.#demand(")");
      return value;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === "sign") throw new Error("An expression ends too early.");
    this.#at += 1;
    if (token.kind === "text") return token.value.slice(1, -1).replaceAll("''", "'");
    if (token.kind === "number") return Number(token.value);
    return this.#take("(") ? this.#call(token.value) : this.#lookUp(token.value);
  }

  #call(name: string): unknown {
    const values: unknown[] = [];
    while (!this.#take(")")) {
      values.push(this.readOr());
      this.#take(",");
    }
    const called = functions[name.toLowerCase()];
    if (called === undefined) throw new Error(`There is no function ${name} in the embedded GitHub's expressions.`);
    return called(values);
  }

  #lookUp(path: string): unknown {
    const literals: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };
    if (Object.hasOwn(literals, path)) return literals[path];
    let values: readonly unknown[] = [this.#contexts];
    let isMany = false;
    for (const key of path.split(".")) {
      if (key === "*") isMany = true;
      values = key === "*" ? values.flatMap(itemsOf) : values.map((value) => propertyOf(value, key));
    }
    return isMany ? values : (values[0] ?? null);
  }

  #take(sign: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "sign" || token.value !== sign) return false;
    this.#at += 1;
    return true;
  }

  #demand(sign: string): void {
    if (!this.#take(sign)) throw new Error(`An expression lacks "${sign}".`);
  }
}

function itemsOf(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? ((value as Contexts)[key] ?? null) : null;
}
