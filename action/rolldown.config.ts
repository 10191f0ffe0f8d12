/**
 * The Action as one file, which is checked in: GitHub runs it as it is, without an install. The same sources give the same bytes on
 * every machine, so there are no paths and no dates in it, and test/action/bundle.test.ts compares them.
 */
import { fileURLToPath } from "node:url";
import type { RolldownOptions } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));

const config = {
  cwd: root,
  input: "src/action.ts",
  platform: "node",
  tsconfig: false,
  // Dependencies keep the names under which they are imported, wherever they are installed.
  resolve: { symlinks: false },
  output: {
    file: "action/dist/index.js",
    format: "esm",
    codeSplitting: false,
    sourcemap: false,
    comments: false,
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  },
} satisfies RolldownOptions;

export default config;
