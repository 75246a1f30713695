import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

/** Ends the run's output with `N passed, N failed` on a line of its own, after the coverage. */
export function countsReporter(): Reporter {
  let line = "0 passed, 0 failed";
  return {
    onInit() {
      // Nothing but the end of the process comes after the coverage in every case.
      process.once("exit", () => process.stdout.write(`${line}\n`));
    },
    onTestRunEnd(modules, unhandled) {
      line = counts(modules, unhandled);
    },
  };
}

/** What could not be loaded, and what was thrown outside of any test, counts as failed. */
function counts(modules: readonly TestModule[], unhandled: readonly SerializedError[]): string {
  const tests = modules.flatMap((each) => [...each.children.allTests()]);
  const withState = (state: "passed" | "failed" | "skipped"): number =>
    tests.filter((test) => test.result().state === state).length;
  const broken = modules.reduce((sum, each) => sum + each.errors().length, unhandled.length);
  const skipped = withState("skipped");
  return [
    `${withState("passed")} passed`,
    `${withState("failed") + broken} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(", ");
}
