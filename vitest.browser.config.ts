import { defineConfig } from "vitest/config";
import { findChromium, noChromium } from "./test/browser/chromium.ts";
import { countsReporter } from "./test/counts-reporter.ts";
import suite from "./vitest.config.ts";

const chromium = findChromium(process.env);

/** What a person sees, in a real browser. Where there is none it says so, and tries nothing. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: chromium === undefined ? [] : ["test/browser/**/*.test.ts"],
    exclude: [],
    globalSetup: ["test/global-setup.ts", "test/browser/global-setup.ts"],
    passWithNoTests: true,
    testTimeout: 600_000,
    // A browser takes more than one of the machine's cores by itself.
    maxWorkers: 2,
    maxConcurrency: 3,
    reporters: [
      "default",
      chromium === undefined ? { onInit: () => void process.stdout.write(`${noChromium}\n`) } : {},
      countsReporter(),
    ],
  },
});
