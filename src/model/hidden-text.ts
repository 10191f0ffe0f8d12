/**
 * Takes out of an issue what its reader on GitHub does not see and an agent would: comments, invisible characters, alt
 * texts, attributes, unused link definitions. What people see stays.
 */

/** Passes until nothing changes: a removal can join two halves of another comment. More depth than this is hostile. */
const passesMax = 8;
/** No honest tag is longer; it bounds the walk from each `<`. */
const tagMax = 2_000;

/** Format and control characters, variation selectors, joiners and fillers that draw nothing. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Elements whose attributes GitHub does not show. Other words in angle brackets are code: `Map<string, number>`. */
const elements = new Set(
  `a abbr article aside audio b blockquote br button center code col dd del details div dl dt em embed figcaption figure
  font footer form h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd label li link main mark meta nav object ol p
  picture pre q s samp section small source span strike strong sub summary sup svg table tbody td textarea tfoot th thead
  tr tt u ul var video`.split(/\s+/),
);

/** Elements that GitHub drops with everything in them. */
const droppedElements = /<(script|style|template|noscript|title)\b[^<>]*>[\s\S]*?(?:<\/\1\s*>|$)/giu;
const openDropped = /<(?:script|style|template|noscript)\b/giu;

/** Strips hidden text. The result has no HTML comment and no invisible character but line feeds and tabs. */
export function stripHiddenText(text: string): string {
  let current = stripInvisible(text.replaceAll(/\r\n?/g, "\n"));
  for (let pass = 0; pass < passesMax; pass += 1) {
    const next = stripImages(stripTags(stripComments(current).replaceAll(droppedElements, "")));
    if (next === current) return stripDefinitions(next);
    current = next;
  }
  const disarmed = current.replaceAll("<!--", "&lt;!--").replaceAll(openDropped, (tag) => `&lt;${tag.slice(1)}`);
  return stripDefinitions(disarmed);
}

function stripInvisible(text: string): string {
  return text.replaceAll(invisible, (character) => (character === "\n" || character === "\t" ? character : ""));
}

/** By hand and not by pattern: an unclosed comment hides the rest, and a thousand of them must not take long. */
function stripComments(text: string): string {
  let result = "";
  let from = 0;
  for (;;) {
    const open = text.indexOf("<!--", from);
    if (open === -1) return result + text.slice(from);
    result += text.slice(from, open);
    const close = text.indexOf("-->", open + 4);
    if (close === -1) return result;
    from = close + 3;
  }
}

/** Images become `[image]`; other known elements keep their name and lose their attributes. */
function stripTags(text: string): string {
  let result = "";
  let from = 0;
  for (;;) {
    const open = text.indexOf("<", from);
    if (open === -1) return result + text.slice(from);
    result += text.slice(from, open);
    const name = /^<([a-z][a-z0-9]{0,11})(?=[\s/>])/i.exec(text.slice(open, open + 16))?.[1]?.toLowerCase();
    const end = name !== undefined && elements.has(name) ? endOfTag(text, open) : null;
    if (name === undefined || end === null) {
      result += "<";
      from = open + 1;
      continue;
    }
    result += name === "img" ? "[image]" : `<${name}>`;
    from = end;
  }
}

/** The index after the `>` that closes the tag; quoted ones do not. Null when there is none near. */
function endOfTag(text: string, open: number): number | null {
  let quote = "";
  const last = Math.min(text.length, open + tagMax);
  for (let index = open + 1; index < last; index += 1) {
    const character = text.charAt(index);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return index + 1;
  }
  return null;
}

/** Alt texts and link titles: `![alt](url "title")`, `![alt][reference]`, `[text](url "title")`. */
function stripImages(text: string): string {
  return text
    .replaceAll(/!\[[^[\]]{0,2000}\](?:\([^()\n]{0,2000}\)|\[[^[\]\n]{0,200}\])?/gu, "[image]")
    .replaceAll(/\]\(([^()\s"']{1,2000})[ \t]{1,20}(?:"[^"\n]{0,1000}"|'[^'\n]{0,1000}')[ \t]{0,20}\)/gu, "]($1)");
}

const definition = /^[ \t]{0,3}\[([^[\]\n]{1,500})\]:[ \t]*(\S{0,2000})[^\n]*$/gmu;

/** A link definition draws nothing: one that is used keeps its address, the others go. */
function stripDefinitions(text: string): string {
  const rest = text.replaceAll(definition, "").toLowerCase();
  return text.replaceAll(definition, (_whole, label: string, address: string) => {
    const isUsed = address !== "" && rest.includes(`[${label.toLowerCase()}]`);
    return isUsed ? `[${label}]: ${address}` : "";
  });
}
