import { expect, it } from "vitest";
import { launchLines } from "#commands/check/launch.ts";
import { hourMs } from "#guard/model/time.ts";

const launch = { mostPerHrUsd: 5, mostMs: 24 * hourMs, mostRunning: 4, mostStartsPerHour: 6 };
const caps = "may be started: pods of at most $5.00/h, for 24 h, 4 at once, 6 an hour";

it.each([
  ["nothing where there are none", {}, []],
  ["each of them", { launch }, [caps]],
  [
    "where and on what as well",
    { launch: { ...launch, gpus: ["*4090*"], regions: ["EU-SE-1", "EU-RO-1"] } },
    [caps, "  only on *4090*", "  only in EU-SE-1, EU-RO-1"],
  ],
  [
    "whom the guards only tell of",
    { foreignPods: "notify" as const },
    ["pods that were started elsewhere: the guards only tell of them"],
  ],
  [
    "whom they leave alone",
    { foreignPods: "ignore" as const },
    ["pods that were started elsewhere: the guards leave them alone"],
  ],
])("check says of caps %s", (_sentence, settings, lines) => {
  expect(launchLines(settings)).toEqual(lines);
});
