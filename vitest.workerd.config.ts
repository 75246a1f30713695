import { defineConfig } from "vitest/config";
import suite from "./vitest.config.ts";

/** The guard outside, in the runtime that it is made for. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ["test/workerd/**/*.test.ts"],
    exclude: [],
    globalSetup: "test/workerd/global-setup.ts",
  },
});
