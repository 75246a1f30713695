import { mergeConfig } from "vitest/config";
import suite from "./vitest.config.ts";

/** The faults at full length, by themselves. */
export default mergeConfig(suite, {
  test: { include: ["test/faults/**/*.test.ts"], provide: { faults: "whole" } },
});
