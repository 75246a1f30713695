import { expect, it } from "vitest";
import { storyLog } from "#commands/demo/story-log.ts";

const run = { podId: "t1", name: "trainer" };

it.each([
  [
    "a pod that runs",
    [[{ ...run, startFrom: "uptime" }, "pod runs"]],
    ["     the guard sees that t1 (trainer) runs"],
  ],
  [
    "a pod that something else has ended",
    [[{ ...run, reason: "ended_elsewhere" }, "run ended"]],
    ["     the guard sees that t1 (trainer) runs no more"],
  ],
  ["a run that it has ended itself, once", [[{ ...run, reason: "backstop" }, "run ended"]], []],
  ["an end that a notice tells of", [[{ effect: "end-run", because: "EXITED" }, "pod ended"]], []],
  [
    "an end for the whole account",
    [[{ effect: "end-pod", podId: "t1", because: "EXITED" }, "pod ended"]],
    ["     the guard has ended t1 itself: EXITED"],
  ],
  [
    "the program before an end",
    [[{ podId: "t1", tail: "saved\n" }, "before_stop_command done"]],
    ['     before_stop_command says: "saved"'],
  ],
  [
    "loads that are not seen",
    [[{ because: "HTTP 500" }, "could not measure the pods"]],
    ["     the guard does not see what the pods do now: HTTP 500"],
  ],
  [
    "a notice, and once more only that it was heard",
    [
      [{ because: "idle: t1" }, "notice"],
      [{ tail: "idle: t1\n" }, "notify command done"],
      [{ tail: "warning: low\n" }, "notify command done"],
    ],
    ["  !! idle: t1", "     people hear it", '     people hear: "warning: low"'],
  ],
  ["what it has no words for", [[{ because: "why" }, "odd"]], ['     odd: {"because":"why"}']],
] as const)("tells %s", (_sentence, said, told) => {
  const lines: string[] = [];
  const log = storyLog((line) => lines.push(line));

  for (const [fields, message] of said) log.info(fields, message);

  expect(lines).toEqual(told);
});
