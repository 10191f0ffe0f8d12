/** The sweeps over many seeds, apart from `npm test` because of their length. SEEDS bounds how many each of them runs. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.long.test.ts"],
    setupFiles: ["test/support/no-bare-patterns.ts"],
    testTimeout: 20 * 60_000,
    passWithNoTests: true,
    maxWorkers: 2,
    isolate: false,
  },
});
