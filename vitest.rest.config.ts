import { defineConfig } from "vitest/config";
import e2e from "./vitest.e2e.config.ts";

/** What the executable promises, over RunPod's REST API. */
export default defineConfig({
  ...e2e,
  test: {
    ...e2e.test,
    include: ["test/e2e/*.test.ts"],
    provide: { api: "rest" },
  },
});
