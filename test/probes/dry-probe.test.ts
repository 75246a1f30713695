import { expect, it } from "vitest";
import { dryProbe } from "#probes/dry-probe.ts";
import type { Probe } from "#probes/probe.ts";

const never = new AbortController().signal;

function probeOf(settings: {
  readonly isDry: boolean;
  readonly activityCommand: readonly string[];
}) {
  const asked: string[] = [];
  const logged: object[] = [];
  const inner: Probe = ({ podId }) => {
    asked.push(podId);
    return Promise.resolve({ isActive: true, because: "asked", hasFailed: false, counters: {} });
  };
  const probe = dryProbe(inner, {
    isDry: () => settings.isDry,
    activityCommand: () => settings.activityCommand,
    onWouldStart: ({ podId }, argv) => void logged.push({ podId, argv }),
  });
  const ask = (podId: string) => probe({ podId, podName: "trainer" }, {}, never);
  return { ask, asked, logged };
}

it("a dry run starts no activity_command, says once a pod what it would start, and knows nothing of it", async () => {
  const { ask, asked, logged } = probeOf({ isDry: true, activityCommand: ["ssh", "{pod_id}"] });

  const answers = [await ask("p1"), await ask("p1"), await ask("p2")];

  expect(answers).toEqual(["interrupted", "interrupted", "interrupted"]);
  expect(asked).toEqual([]);
  expect(logged).toEqual([
    { podId: "p1", argv: ["ssh", "p1"] },
    { podId: "p2", argv: ["ssh", "p2"] },
  ]);
});

it.each([
  ["a dry run reads the metrics of a pod without activity_command", true, []],
  ["outside of a dry run the command is asked", false, ["ssh", "{pod_id}"]],
])("%s", async (_sentence, isDry, activityCommand) => {
  const { ask, asked, logged } = probeOf({ isDry, activityCommand });

  expect(await ask("p1")).toMatchObject({ isActive: true });
  expect([asked, logged]).toEqual([["p1"], []]);
});
