/** The log of `orchestrate start --json`: Probot's own lines, but each key of a line once, whatever the children of a logger add. */
import { pino, type Logger } from "pino";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A logger that writes JSON, one object a line, by the variables that Probot reads for its own: `LOG_LEVEL`,
 * `LOG_LEVEL_IN_STRING`, `LOG_MESSAGE_KEY`. `write` takes the lines; standard output without.
 */
export function createJsonLog(env: Environment, write?: (line: string) => void): Logger {
  const put = write ?? standardOutput();
  const isLevelText = env["LOG_LEVEL_IN_STRING"] === "true";
  return pino(
    {
      name: "probot",
      level: env["LOG_LEVEL"] || "info",
      messageKey: env["LOG_MESSAGE_KEY"] || "msg",
      ...(isLevelText ? { formatters: { level: (label: string) => ({ level: label }) } } : {}),
    },
    { write: (line: string) => put(withoutTwins(line)) },
  );
}

function standardOutput(): (line: string) => void {
  const destination = pino.destination(1);
  return (line) => void destination.write(line);
}

/** A child of a logger repeats the keys of its parent, such as `name`, with values of its own: the last one is meant. */
function withoutTwins(line: string): string {
  try {
    return `${JSON.stringify(JSON.parse(line))}\n`;
  } catch {
    return line;
  }
}
