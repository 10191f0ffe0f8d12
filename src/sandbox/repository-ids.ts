/**
 * Database ids and node ids as GitHub makes them: ids grow per kind from far-apart starts, so that a number taken for an
 * id (or the other way round) is found at once; node ids are a prefix and the MessagePack of repository and id.
 */
const starts = {
  user: 61_200_001,
  bot: 62_400_001,
  organization: 63_600_001,
  repository: 871_300_001,
  installation: 58_700_001,
  issue: 2_410_000_001,
  pull: 1_930_000_001,
  comment: 3_120_000_001,
  reaction: 251_000_001,
  label: 7_510_001,
  issueEvent: 4_010_000_001,
  review: 2_870_000_001,
  reviewComment: 2_190_000_001,
  checkSuite: 3_640_000_001,
  checkRun: 3_770_000_001,
  status: 3_350_000_001,
  milestone: 11_200_001,
  queueEntry: 31_400_001,
  workflow: 134_500_001,
  workflowRun: 1_650_000_001,
  hook: 472_000_001,
} as const;

export type IdKind = keyof typeof starts;

/** Kinds whose node id names the repository that they live in. */
export type RepositoryIdKind = keyof typeof prefixes & IdKind;

export interface Identity {
  readonly id: number;
  readonly node: string;
}

const prefixes = {
  issue: "I",
  pull: "PR",
  comment: "IC",
  reaction: "REA",
  label: "LA",
  issueEvent: "IE",
  review: "PRR",
  reviewComment: "PRRC",
  checkSuite: "CS",
  checkRun: "CR",
  status: "SC",
  milestone: "MI",
  queueEntry: "MQE",
  workflow: "W",
  workflowRun: "WFR",
} as const;

const ownPrefixes = { user: "U", bot: "BOT", organization: "O", installation: "GI" } as const;

/** A counter for every kind, each with its own start and a stride that is not 1. */
export function idSequence(): (kind: IdKind) => number {
  const used = new Map<IdKind, number>();
  return (kind) => {
    const count = used.get(kind) ?? 0;
    used.set(kind, count + 1);
    return starts[kind] + count * 3;
  };
}

/** The node id of a record: `I_kwDO…` in a repository, `U_kgDO…` outside of one. */
export function globalNodeId(
  kind: keyof typeof prefixes | keyof typeof ownPrefixes,
  of: { readonly repository: number | null; readonly id: number },
): string {
  const prefix =
    kind in prefixes ? prefixes[kind as keyof typeof prefixes] : ownPrefixes[kind as keyof typeof ownPrefixes];
  return `${prefix}_${packed(of.repository === null ? [of.id] : [of.repository, of.id])}`;
}

export function repositoryNodeId(id: number): string {
  return `R_${packed([id])}`;
}

export function appNodeId(id: number): string {
  return `A_${packed([id])}`;
}

/** The node id of a git object, which carries its oid as text. */
export function gitNodeId(prefix: "C" | "T" | "B", of: { readonly repository: number; readonly oid: string }): string {
  return `${prefix}_${Buffer.concat([Buffer.from(packed([of.repository]), "base64url"), Buffer.from(of.oid)]).toString("base64url")}`;
}

/** The node id of a ref. */
export function refNodeId(of: { readonly repository: number; readonly name: string }): string {
  return `REF_${Buffer.concat([Buffer.from(packed([of.repository]), "base64url"), Buffer.from(of.name)]).toString("base64url")}`;
}

/** A MessagePack array of 0 and unsigned 32-bit numbers, in base64url: `kwDO…` for two numbers, `kgDO…` for one. */
function packed(ids: readonly number[]): string {
  const bytes = Buffer.alloc(2 + ids.length * 5);
  bytes[0] = 0x90 + ids.length + 1;
  ids.forEach((id, index) => {
    bytes[2 + index * 5] = 0xce;
    bytes.writeUInt32BE(id, 3 + index * 5);
  });
  return bytes.toString("base64url");
}
