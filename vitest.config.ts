import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { countsReporter } from "./test/counts-reporter.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // They take long, or need a browser or Claude Code: `npm run test:e2e`, `test:laws`, `test:faults`,
    // `test:workerd`, `test:browser` and `test:claude`.
    exclude: [
      "test/**/*laws.test.ts",
      "test/e2e/**",
      "test/faults/**",
      "test/workerd/**",
      "test/browser/**",
      "test/claude/**",
    ],
    globalSetup: "test/global-setup.ts",
    setupFiles: "test/setup.ts",
    provide: { api: "graphql" },
    // A bound for what hangs, not a measure: busy machines are slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // The files of a worker share what they load.
    isolate: false,
    // Some wait for processes while others work.
    maxWorkers: availableParallelism() + 1,
    maxConcurrency: 6,
    reporters: ["default", countsReporter()],
    coverage: {
      include: ["src/guard/**"],
      reporter: ["text"],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
});
