import { defineConfig } from "vitest/config";
import { findClaude, noClaude } from "./test/claude/executable.ts";
import { countsReporter } from "./test/counts-reporter.ts";
import suite from "./vitest.config.ts";

const claude = findClaude(process.env);

/** The plugin in a real Claude Code whose model is a script. Where there is none it says so, and tries nothing. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: claude === undefined ? [] : ["test/claude/**/*.test.ts"],
    exclude: [],
    globalSetup: ["test/global-setup.ts", "test/claude/global-setup.ts"],
    passWithNoTests: true,
    testTimeout: 600_000,
    // Each of them is a large program.
    maxWorkers: 2,
    maxConcurrency: 3,
    reporters: [
      "default",
      claude === undefined ? { onInit: () => void process.stdout.write(`${noClaude}\n`) } : {},
      countsReporter(),
    ],
  },
});
