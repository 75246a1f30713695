import { defineConfig } from "vitest/config";
import suite from "./vitest.config.ts";
import { LongWaitsFirst } from "./test/long-waits-first.ts";

/** What the executable promises, as processes, signals, files and terminals see it. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ["test/e2e/**/*.test.ts"],
    exclude: [],
    sequence: { sequencer: LongWaitsFirst },
  },
});
