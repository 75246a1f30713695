import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { countsReporter } from "./test/counts-reporter.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/build-once.ts",
    // Tests that drive the executable mostly wait for its next look.
    maxConcurrency: 24,
    // A bound for what hangs, not a measure: busy machines are slow.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: availableParallelism() * 2,
    reporters: ["default", countsReporter()],
    coverage: {
      include: ["src/guard/**"],
      reporter: ["text"],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
});
