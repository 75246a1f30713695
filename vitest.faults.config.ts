import { defineConfig } from "vitest/config";
import suite from "./vitest.config.ts";

/** The faults at full length, by themselves. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ["test/faults/**/*.test.ts"],
    provide: { faults: "whole", api: "graphql" },
    testTimeout: 900_000,
  },
});
