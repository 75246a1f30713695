import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They wait more than they work, for half a minute: what comes later works meanwhile. */
const longWaits = ["test/e2e/demo.test.ts", "test/e2e/pod-guards.test.ts"];

/** The order of the files decides only how long a run takes. */
export class LongWaitsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waitsLong = ({ moduleId }: TestSpecification) =>
      longWaits.some((each) => moduleId.includes(each));
    return [...sorted.filter(waitsLong), ...sorted.filter((file) => !waitsLong(file))];
  }
}
