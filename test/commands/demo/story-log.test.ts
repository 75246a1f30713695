import { expect, it } from "vitest";
import { storyLog } from "#commands/demo/story-log.ts";

const run = { podId: "t1", podName: "trainer" };

it.each([
  [
    "a pod that runs",
    [[{ ...run, startFrom: "uptime" }, "run started"]],
    ["     pod trainer (t1) is running"],
  ],
  [
    "a pod that something else has ended",
    [[{ ...run, reason: "ended_elsewhere" }, "run ended"]],
    ["     pod trainer (t1) stopped"],
  ],
  ["a run that it has ended itself, once", [[{ ...run, reason: "backstop" }, "run ended"]], []],
  [
    "an end that a notification tells of",
    [[{ effect: "end-run", because: "EXITED" }, "pod ended"]],
    [],
  ],
  [
    "an end for the whole account",
    [[{ effect: "end-pod", podId: "t1", because: "EXITED" }, "pod ended"]],
    ["     the backstop stopped pod t1: EXITED"],
  ],
  [
    "the program before an end",
    [[{ podId: "t1", tail: "saved\n" }, "before_stop_command done"]],
    ['     before_stop_command: "saved"'],
  ],
  [
    "loads that are not seen",
    [[{ because: "HTTP 500" }, "could not read the load of the pods"]],
    ["     the load of the pods could not be read: HTTP 500"],
  ],
  [
    "a notification, and then only that it was sent",
    [
      [{ because: "idle: t1" }, "notification"],
      [{ tail: "idle: t1\n" }, "notify command done"],
      [{ tail: "warning: low\n" }, "notify command done"],
    ],
    ["  !! idle: t1", "     notified", '     notified: "warning: low"'],
  ],
  ["what it has no words for", [[{ because: "why" }, "odd"]], ['     odd: {"because":"why"}']],
] as const)("tells %s", (_sentence, said, told) => {
  const lines: string[] = [];
  const log = storyLog((line) => lines.push(line));

  for (const [fields, message] of said) log.info(fields, message);

  expect(lines).toEqual(told);
});
