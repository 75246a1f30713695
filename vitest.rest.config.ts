import { defineConfig } from "vitest/config";
import suite from "./vitest.config.ts";

/** What the executable promises, over RunPod's REST API. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ["test/e2e/*.test.ts"],
    provide: { api: "rest" },
  },
});
