import { defineConfig } from "vitest/config";

const tables = ["test/guard/**/*.test.ts", "test/effects/end-and-prove*.test.ts"];
const laws = ["test/guard/**/*laws.test.ts"];

/**
 * The tests that judge mutants: the guard's, and those of the proof of an end. None needs a process.
 * The laws are slow, so that they judge only what the tables let through.
 */
export default defineConfig({
  test: {
    setupFiles: ["test/setup.ts", "test/first-failure-ends.ts"],
    testTimeout: 180_000,
    isolate: false,
    projects: [
      {
        extends: true,
        test: { name: "tables", include: tables, exclude: laws, sequence: { groupOrder: 0 } },
      },
      { extends: true, test: { name: "laws", include: laws, sequence: { groupOrder: 1 } } },
    ],
  },
});
