/** What somebody may write into a title, an answer or a name to ping, link, hide, or break out of where it stands. */
import fc from "fast-check";

const attack = fc.constantFrom(
  "@octocat",
  "<img src=x onerror=alert(1)>",
  "<!-- orchestrate:sticky -->",
  "</details>",
  "[click](https://evil.example)",
  "![x](https://evil.example/pixel.png)",
  "https://github.com/octo/web/issues/1",
  "www.evil.example",
  "#123",
  "octo/web#9",
  "GH-7",
  "`code`",
  "| cell |",
  "\n# Heading\n",
  "\r\n- item",
  "```",
  "\\",
  "&lt;b&gt;",
  "\u202Eevil",
  "\u200B",
  "\u001B[31m",
  "$x$",
  "*bold*",
  "---\n",
  "a@b.example",
  "<https://evil.example>",
  "${{ github.token }}",
  "- [x] a <!-- orchestrate:box:stop -->\n",
  "<!-- orchestrate:cockpit -->",
);
export const hostile = fc
  .array(fc.oneof(attack, fc.string({ unit: "binary", maxLength: 8 })), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(""));
