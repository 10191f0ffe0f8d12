/**
 * The id of a notice, chosen by us: it follows from whose notice it is and where it stands, so whoever creates it, and however often,
 * Linear keeps one. Linear takes ids of the form of UUID version 4 only.
 */
import { createHash } from "node:crypto";

/** How often the notice may be deleted by a person and made again: the id of a deleted comment is never free again. */
export const livesMax = 8;

/** The id of the notice in its `life`, from 0. `issue` is Linear's own id, which stays when the issue moves to another team. */
export function noticeIdOf(notice: { readonly stream: string; readonly issue: string }, life: number): string {
  const digest = createHash("sha256").update(`orchestrate/notice/${notice.stream}/${notice.issue}/${life}`).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x40, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
