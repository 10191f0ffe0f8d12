/** How well an agent does what a task asks for. */
import { expect, test } from "vitest";
import { capabilityOf, lacksNeed } from "../../src/matching/capability.ts";

const typescript = { capabilities: { typescript: 0.9, docs: 0.3 } };

test.each<[readonly string[], readonly string[], number]>([
  [[], [], 1],
  [["typescript"], [], 0.9],
  [["typescript", "docs"], [], 0.6],
  [["typescript"], ["docs"], (0.9 + 0.15) / 1.5],
  [["typescript"], ["rust"], 0.9 / 1.5],
  [[], ["docs"], 0.3],
  [[], ["rust"], 0],
])("what needs %j and prefers %j is done at %d", (needs, prefers, capability) => {
  expect(capabilityOf(typescript, { needs, prefers })).toBeCloseTo(capability, 12);
});

test("what needs something that is not among the named is not done at all", () => {
  expect(capabilityOf(typescript, { needs: ["typescript", "rust"], prefers: [] })).toBeNull();
});

test("an agent that names nothing can do anything, well", () => {
  expect(capabilityOf({ capabilities: {} }, { needs: ["rust"], prefers: ["docs"] })).toBe(1);
  expect(lacksNeed({ capabilities: {} }, { needs: ["rust"] })).toBe(false);
});

test("of a capability that is named in two letter cases the better level counts", () => {
  const agent = { capabilities: { Rust: 0.2, rust: 0.8, RUST: 0.5 } };
  expect(capabilityOf(agent, { needs: ["rust"], prefers: [] })).toBe(0.8);
});

test("a need is lacked when it is not named or named with 0, and in no letter case otherwise", () => {
  const agent = { capabilities: { Rust: 0.2, docs: 0 } };
  expect(lacksNeed(agent, { needs: ["RUST"] })).toBe(false);
  expect(lacksNeed(agent, { needs: ["rust", "python"] })).toBe(true);
  expect(lacksNeed(agent, { needs: ["docs"] })).toBe(true);
  expect(lacksNeed(agent, { needs: [] })).toBe(false);
});
