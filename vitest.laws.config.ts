import { defineConfig } from "vitest/config";
import suite from "./vitest.config.ts";

/** What holds for the guard whatever comes in: long random lives, many times over. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ["test/guard/**/*laws.test.ts"],
    exclude: [],
  },
});
