import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

/** Of what a failed test said, in its line at the end: how it begins, and the last of a log that follows. */
const kept = { first: 300, last: 700 };

/**
 * Ends the run's output with `N passed, N failed` on a line of its own, after the coverage, and above it a line
 * `FAILED …` for each of those that failed, with why: a log may be kept by its end alone.
 */
export function countsReporter(): Reporter {
  let lines: readonly string[] = ["0 passed, 0 failed"];
  return {
    onInit() {
      // Nothing but the end of the process comes after the coverage in every case.
      process.once("exit", () => process.stdout.write(`${lines.join("\n")}\n`));
    },
    onTestRunEnd(modules, unhandled) {
      lines = [...failures(modules, unhandled), counts(modules, unhandled)];
    },
  };
}

/** What could not be loaded, and what was thrown outside of any test, counts as failed. */
function counts(modules: readonly TestModule[], unhandled: readonly SerializedError[]): string {
  const skipped = testsWith(modules, "skipped").length;
  return [
    `${testsWith(modules, "passed").length} passed`,
    `${failures(modules, unhandled).length} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(", ");
}

function failures(
  modules: readonly TestModule[],
  unhandled: readonly SerializedError[],
): readonly string[] {
  return [
    ...testsWith(modules, "failed").map((test) =>
      failure(`${test.module.relativeModuleId} > ${test.fullName}`, test.result().errors?.[0]),
    ),
    ...modules.flatMap((each) =>
      each.errors().map((error) => failure(each.relativeModuleId, error)),
    ),
    ...unhandled.map((error) => failure("outside of any test", error)),
  ];
}

function failure(where: string, error: SerializedError | undefined): string {
  const said = (error?.message ?? "it does not say why").replaceAll(/\s+/g, " ");
  const isWhole = said.length <= kept.first + kept.last;
  const shown = isWhole ? said : `${said.slice(0, kept.first)} … ${said.slice(-kept.last)}`;
  return `FAILED ${where}: ${shown}`;
}

function testsWith(modules: readonly TestModule[], state: "passed" | "failed" | "skipped") {
  return modules
    .flatMap((each) => [...each.children.allTests()])
    .filter((test) => test.result().state === state);
}
