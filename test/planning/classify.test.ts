/** What sort of work an issue asks for, over titles as people write them: what must be found, and what must not be taken for it. */
import { describe, expect, it, test } from "vitest";
import { classify } from "../../src/planning/classify.ts";

function kindOf(title: string, text = "", labels: readonly string[] = []) {
  return classify({ title, text, labels }).kind;
}

describe("behaviour that a test can show is functional", () => {
  it.each([
    "Add a search box to the product list",
    "Cart total is wrong when two discounts apply",
    "Login fails for e-mail addresses with a plus sign",
    "Let customers cancel an order within an hour",
    "Export invoices as CSV",
    "feat: pagination for the orders endpoint",
    "Crash when the basket is empty",
    "Reject passwords that are shorter than 12 characters",
    "Sort the results by price",
    "Validate the postcode before checkout",
    "Send a notification when the payment fails",
    "Users can upload a profile picture",
    "Dates are shown in the wrong time zone",
    "API returns 500 for an unknown product id",
    "Implement rate limiting per token",
    "Rounding of VAT is off by one cent",
    "Show an error message when the form is incomplete",
    "Build a wish list page",
    "Let users configure their notifications",
    "Two-factor authentication for sign-in",
    "Parser drops the last line without a newline",
    "Round trip of the date picker loses the year",
    "Deleting a comment should also delete its replies",
  ])("%s", (title) => {
    expect(kindOf(title)).toBe("functional");
  });
});

describe("what surrounds the code is non-functional", () => {
  it.each([
    "Update the README with the new install steps",
    "Bump lodash from 4.17.20 to 4.17.21",
    "docs: explain how to run the tests",
    "CI is red on main since Monday",
    "Upgrade to Node 22",
    "Flaky test in the checkout suite",
    "Fix typo in the footer",
    "Move secrets to environment variables",
    "Dockerfile installs dev dependencies",
    "chore: clean up unused exports",
    "Add ESLint rule for floating promises",
    "Configure staging environment",
    "Build fails on Windows",
    "Remove dead code in the billing module",
    "Terraform plan wants to recreate the database",
    "Migrate to Vite",
    "package-lock.json is out of sync",
    "Refactor the session store",
    "Document the environment variables of the worker",
    "Resolve deprecation warnings in the test run",
    "Add a license header to every file",
    "ci: cache node_modules between jobs",
    "Set up Prettier",
    "GitHub Actions workflow file uses an outdated action",
  ])("%s", (title) => {
    expect(kindOf(title)).toBe("non-functional");
  });
});

test("a label of the kind says more than the words of the title", () => {
  expect(kindOf("Search", "", ["documentation"])).toBe("non-functional");
  expect(kindOf("Search", "", ["area/docs"])).toBe("non-functional");
  expect(kindOf("Docker images can be listed", "", ["type: feature"])).toBe("functional");
});

test("a text that mentions the surroundings does not outweigh a title that asks for behaviour", () => {
  const text =
    "See the docs and the README. CI runs the linter, Docker is in the Dockerfile, and dependencies are pinned.";
  expect(kindOf("Add a search box to the product list", text)).toBe("functional");
  expect(kindOf("Something is off", text)).toBe("non-functional");
});

test("words within other words say nothing", () => {
  expect(classify({ title: "Precision of citations", text: "", labels: [] })).toEqual({
    kind: "functional",
    reasons: [],
  });
  expect(kindOf("Doctors and clinics")).toBe("functional");
});

test("the reasons are the words that decided it and where they stand, the weightiest first", () => {
  const told = { title: "Bump the version in the docs", text: "The pipeline warns.", labels: ["deps"] };
  expect(classify(told)).toEqual({
    kind: "non-functional",
    reasons: [
      'the label "deps"',
      '"bump" in the title',
      '"docs" in the title',
      '"version" in the title',
      '"pipeline" in the text',
    ],
  });
});

test("where nothing speaks for either it is functional, because a test does no harm", () => {
  expect(classify({ title: "", text: "", labels: [] })).toEqual({ kind: "functional", reasons: [] });
  expect(classify({ title: "Étude", text: "☃", labels: ["☃"] })).toEqual({ kind: "functional", reasons: [] });
});

test("a huge and hostile text is read quickly, and no further than to what a text may weigh", () => {
  for (const piece of ["docs ", "env var ", "log in", "wrong ", "a".repeat(50), "build is "]) {
    expect(classify({ title: "Add search", text: piece.repeat(50_000), labels: [] }).kind).toBe("functional");
  }
});
