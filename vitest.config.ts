import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { countsReporter } from "./test/counts-reporter.ts";

/** What needs no process beside its own, so that its files can share one. */
const within = [
  "commands",
  "config",
  "daemon",
  "guard",
  "operations",
  "probes",
  "report",
  "runpod",
  "simulator",
  "template",
  "terminal",
].map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: "test/global-setup.ts",
    // A bound for what hangs, not a measure: busy machines are slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: availableParallelism(),
    projects: [
      {
        extends: true,
        test: {
          name: "within",
          include: within,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "processes",
          include: ["test/**/*.test.ts"],
          exclude: within,
          // Tests that drive the executable mostly wait for its next look; more of them at once
          // would make it late on a slow machine.
          maxConcurrency: 6,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    reporters: ["default", countsReporter()],
    coverage: {
      include: ["src/guard/**"],
      reporter: ["text"],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 },
    },
  },
});
