/**
 * What sort of work an issue asks for. Functional: behaviour that a test can show, so the test comes first. Non-functional: configuration,
 * environment, dependencies, documents and whatever surrounds the code, so the problem is understood first.
 */

export const workKinds = ["functional", "non-functional"] as const;
export type WorkKind = (typeof workKinds)[number];

/** What is said of the work, before there is an issue or after. */
export interface Told {
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
}

export interface Classification {
  readonly kind: WorkKind;
  /** The words that decided it and where they stand, the weightiest first; `[]` where nothing speaks for either. */
  readonly reasons: readonly string[];
}

/** Further down a text tells of details. */
const readMax = 4_000;
const reasonsMax = 5;
/** A title says what is wanted, a text also what is around it: it tips the scales and does not outweigh the title. */
const titleFactor = 2;
const textWeightMax = 3;
const labelWeight = 8;
const prefixWeight = 6;

/** By weight: 3 hardly means anything else, 1 is a hint. Each is what matches between two word boundaries. */
type Words = readonly (readonly [weight: number, patterns: readonly string[]])[];

const functionalWords: Words = [
  [
    3,
    [
      "business (?:logic|rules?)",
      "user story",
      "wrong (?:total|amount|result|price|order|page|date|value|count)s?",
      "discounts?",
      "sign(?:ing)?[ -]?(?:in|up)",
      "log(?:ging)?[ -]?in",
    ],
  ],
  [
    2,
    [
      "implement(?:s|ed|ing)?",
      "allow(?:s|ed|ing)?",
      "buttons?",
      "check-?out",
      "endpoints?",
      "validat(?:e|es|ed|ing|ion)",
      "calculat(?:e|es|ed|ing|ion|ions)",
      "search(?:es|ing)?",
      "filter(?:s|ing)?",
      "sort(?:s|ed|ing)?",
      "payments?",
      "uploads?",
      "downloads?",
      "exports?",
      "invoices?",
      "carts?",
      "basket",
      "crash(?:es|ed)?",
      "notif(?:y|ies|ications?)",
      "features?",
      "rate limit(?:s|ing)?",
      "pars(?:e|es|ing|er)",
      "pagination",
      "reject(?:s|ed)?",
      "time ?zones?",
      "rounding",
    ],
  ],
  [
    1,
    [
      "add(?:s|ed)?",
      "support(?:s|ed)?",
      "users?",
      "customers?",
      "pages?",
      "forms?",
      "e-?mails?",
      "orders?",
      "shows?",
      "displays?",
      "returns?",
      "should",
      "passwords?",
      "totals?",
      "api",
      "list(?:s|ed)?",
      "screen",
      "behaviou?r",
    ],
  ],
];

const surroundingWords: Words = [
  [
    3,
    [
      "readme",
      "changelog",
      "docs?",
      "documentation",
      "dependenc(?:y|ies)",
      "dependabot",
      "renovate",
      "bump(?:s|ed|ing)?",
      "ci",
      "ci/cd",
      "github actions?",
      "dockerfile",
      "docker(?:[ -]compose)?",
      "kubernetes",
      "helm",
      "terraform",
      "env(?:ironment)? var(?:iable)?s?",
      "eslint",
      "lint(?:s|er|ing)?",
      "prettier",
      "tsconfig",
      "package(?:-lock)?\\.json",
      "lock ?files?",
      "gitignore",
      "licen[cs]e (?:file|header)s?",
      "flaky",
      "build (?:fails|is (?:red|broken)|script|cache|step)",
      "(?:broken|failing|red) (?:build|pipeline)",
      "config(?:uration)?(?: files?)?",
      "test coverage",
    ],
  ],
  [
    2,
    [
      "typos?",
      "configur(?:e|es|ed|ing)",
      "environments?",
      "upgrad(?:e|es|ed|ing)",
      "pipelines?",
      "workflow files?",
      "deploy(?:s|ed|ing|ments?)?",
      "migrat(?:e|es|ed|ing) (?:to|from)",
      "refactor(?:s|ed|ing)?",
      "clean ?up",
      "dead code",
      "staging",
      "nginx",
      "webpack",
      "vite",
      "node(?:\\.js)? \\d+",
      "python \\d[\\d.]*",
      "secrets",
      "monitoring",
      "log level",
      "comments? in the code",
      "deprecat(?:ed|ion)(?: warnings?)?",
      "vulnerabilit(?:y|ies)",
      "type errors?",
    ],
  ],
  [
    1,
    [
      "update(?:s|d)?",
      "version",
      "rename(?:s|d)?",
      "remove unused",
      "unused",
      "outdated",
      "install(?:s|ation)?",
      "setup",
      "set up",
      "tooling",
    ],
  ],
];

const functionalLabels = new Set(["feature", "enhancement", "story", "user story"]);
const surroundingLabels = new Set([
  "documentation",
  "docs",
  "dependencies",
  "deps",
  "ci",
  "chore",
  "build",
  "infrastructure",
  "infra",
  "devops",
  "config",
  "configuration",
  "environment",
  "tooling",
  "refactor",
  "refactoring",
  "maintenance",
  "tech debt",
  "technical debt",
]);
const prefixes: Readonly<Record<string, WorkKind>> = {
  feat: "functional",
  feature: "functional",
  docs: "non-functional",
  doc: "non-functional",
  chore: "non-functional",
  ci: "non-functional",
  build: "non-functional",
  deps: "non-functional",
  style: "non-functional",
  refactor: "non-functional",
};

interface Find {
  readonly weight: number;
  readonly reason: string;
}

/** Every weight has one expression, so that a text is read once for each. Nothing in it can be read twice in two ways. */
function toExpressions(words: Words): readonly (readonly [weight: number, expression: RegExp])[] {
  return words.map(([weight, patterns]) => [
    weight,
    new RegExp(`(?<![\\w-])(?:${patterns.join("|")})(?![\\w-])`, "gi"),
  ]);
}

const expressions = {
  functional: toExpressions(functionalWords),
  "non-functional": toExpressions(surroundingWords),
} as const;

/** The same words give the same answer. Where nothing speaks for either, or both weigh the same, it is functional: a test does no harm. */
export function classify(told: Told): Classification {
  const functional = findsFor("functional", told);
  const surrounding = findsFor("non-functional", told);
  const kind: WorkKind = weigh(surrounding) > weigh(functional) ? "non-functional" : "functional";
  const finds = kind === "functional" ? functional : surrounding;
  const reasons = finds.toSorted((one, other) => other.weight - one.weight).map(({ reason }) => reason);
  return { kind, reasons: reasons.slice(0, reasonsMax) };
}

function weigh(finds: readonly Find[]): number {
  return finds.reduce((sum, { weight }) => sum + weight, 0);
}

function findsFor(kind: WorkKind, { title, text, labels }: Told): readonly Find[] {
  const inTitle = wordsIn(kind, title);
  return [
    ...findLabels(kind, labels),
    ...findPrefix(kind, title),
    ...[...inTitle].map(([word, weight]) => ({ weight: weight * titleFactor, reason: `"${word}" in the title` })),
    ...findInText(kind, text, inTitle),
  ];
}

/** What the title has not said already, the first words of it up to what a text may weigh. */
function findInText(kind: WorkKind, text: string, said: ReadonlyMap<string, number>): readonly Find[] {
  let left = textWeightMax;
  return [...wordsIn(kind, text)].flatMap(([word, full]) => {
    const weight = said.has(word) ? 0 : Math.min(left, full);
    left -= weight;
    return weight === 0 ? [] : [{ weight, reason: `"${word}" in the text` }];
  });
}

/** Each word with its weight, once, however often it stands there. */
function wordsIn(kind: WorkKind, text: string): ReadonlyMap<string, number> {
  const short = text.slice(0, readMax);
  return new Map(
    expressions[kind].flatMap(([weight, expression]) =>
      [...short.matchAll(expression)].map(([word]) => [word.toLowerCase(), weight] as const),
    ),
  );
}

/** `area/docs` and `type: docs` say docs. */
function findLabels(kind: WorkKind, labels: readonly string[]): readonly Find[] {
  const known = kind === "functional" ? functionalLabels : surroundingLabels;
  const names = labels.map((label) =>
    label
      .slice(label.search(/[^:/]*$/))
      .trim()
      .toLowerCase()
      .replaceAll(/[-_]/g, " "),
  );
  return [...new Set(names)]
    .filter((name) => known.has(name))
    .map((name) => ({ weight: labelWeight, reason: `the label "${name}"` }));
}

/** `docs(api): …`, as commits are called. */
function findPrefix(kind: WorkKind, title: string): readonly Find[] {
  const prefix = /^\s*([a-z]{2,10})(?:\([^()]{0,40}\))?!?:\s/i.exec(title)?.[1]?.toLowerCase();
  if (prefix === undefined || !Object.hasOwn(prefixes, prefix) || prefixes[prefix] !== kind) return [];
  return [{ weight: prefixWeight, reason: `"${prefix}:" before the title` }];
}
