/** The answer of a command, on standard output. */

/** Resolves when it is out. Whoever reads it may stop before its end, as `head` does: that is no failure. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The callback is told as well; without a listener the event would end the process.
    process.stdout.once("error", () => undefined);
    process.stdout.write(`${text}\n`, (error: NodeJS.ErrnoException | null | undefined) => {
      if (error === null || error === undefined || error.code === "EPIPE") resolve();
      else reject(new Error(`The answer cannot be written: ${error.message}`, { cause: error }));
    });
  });
}

/** As one line of JSON, in which what a terminal would obey stands as its number. */
export function printJson(document: unknown): Promise<void> {
  const text = JSON.stringify(document).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, place) => toEscape(character.charCodeAt(place))).join(""),
  );
  return print(text);
}

function toEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
