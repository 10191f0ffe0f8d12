import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.long.test.ts"],
    setupFiles: ["test/support/no-bare-patterns.ts"],
    testTimeout: 30_000,
    maxWorkers: 2,
    // No test leaves anything behind in a module: a process that keeps what it has loaded halves the time of the whole.
    isolate: false,
  },
});
