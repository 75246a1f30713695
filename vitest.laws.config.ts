import { defineConfig } from "vitest/config";
import suite from "./vitest.config.ts";

/** What holds whatever comes in: long random lives, many times over. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ["test/**/*laws.test.ts"],
    exclude: [],
  },
});
