import { defineConfig } from "vitest/config";
import suite from "./vitest.config.ts";

/** What breaks in a night, at length. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ["test/faults/**/*.test.ts"],
    exclude: [],
    testTimeout: 900_000,
  },
});
