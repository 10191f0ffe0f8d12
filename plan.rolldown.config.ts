/**
 * `orchestrate plan` as one file of the build: sixty small ones take a fifth of its time to be found and read. What the command line
 * tells apart by its class stays a module of its own.
 */
import type { RolldownOptions } from "rolldown";

const config = {
  input: "dist/plan.js",
  platform: "node",
  external: [/\/usage-error\.js$/],
  output: { file: "dist/plan.js", format: "esm", codeSplitting: false },
} satisfies RolldownOptions;

export default config;
