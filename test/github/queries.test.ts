import { buildSchema, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import * as merging from "../../src/github/merge-queries.ts";
import * as queries from "../../src/github/queries.ts";
import { githubSchema } from "../../src/sandbox/github-schema.ts";

const schema = buildSchema(githubSchema);
const place = { owner: "acme", name: "shop" };

const documents: readonly (readonly [string, string])[] = [
  ["a page of issues", queries.issuesPage],
  ["older acts", queries.olderActs],
  ["issues by node", queries.issuesByNode],
  ["the newest issues", queries.newestIssues],
  ["candidates for the cockpit", queries.cockpitCandidates],
  ["edits of the cockpit", queries.cockpitEdits],
  ["texts of the cockpit", queries.cockpitTexts],
  ["numbers of pull requests", queries.pullNumbers],
  ["own comments", queries.ownComments],
  ["own comments of many", queries.ownCommentsOfMany],
  ["bodies of comments", queries.commentBodies],
  ["issues by number", queries.issuesByNumber(place, [1, 2]).text],
  ["pull requests by number", queries.pullsByNumber(place, [1, 2]).text],
  [
    "pull requests with their files and their queue",
    queries.pullsByNumber(place, [1, 2], { files: true, queue: true }).text,
  ],
  ["the standing in the merge queue", merging.queueStanding],
  ["a place in the merge queue", merging.enqueue],
  [
    "references",
    queries.referencedIssues([
      { ...place, number: 1 },
      { owner: "x", name: "y", number: 2 },
    ]).text,
  ],
  ["operators", queries.usersByLogin(["ada", "bob"]).text],
  ["labels", queries.labelsByName(place, ["a", "b"]).text],
];

describe("a GraphQL document", () => {
  test.each(documents)("for %s is valid against GitHub's schema", (_name, text) => {
    expect(validate(schema, parse(text)).map((error) => error.message)).toEqual([]);
  });

  test("never holds a value: names and numbers travel as variables", () => {
    const evil = '") { viewer { login } } #';
    const { text, variables } = queries.referencedIssues([{ owner: evil, name: evil, number: 4_711 }]);
    expect(text).not.toContain("viewer");
    expect(text).not.toContain("4711");
    expect(variables).toEqual({ o0: evil, r0: evil, n0: 4_711 });
    expect(queries.usersByLogin([evil])).toEqual({ text: queries.usersByLogin(["x"]).text, variables: { u0: evil } });
  });
});
