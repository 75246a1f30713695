import { describe, expect, it } from "vitest";
import { messageOf, noticeArgv } from "#template/notice.ts";
import { minuteMs } from "../guard/samples.ts";

const argvFor = (
  command: readonly string[],
  notice: Parameters<typeof noticeArgv>[1] & { readonly because: string },
) => {
  const event = notice.event;
  const message = messageOf({ ...notice, event }, 0);
  return noticeArgv(command, notice, { balanceUsd: 9.8234, belowUsd: 10, message }, () => "[]");
};
const trip = {
  event: "trip",
  name: "warning",
  because: "balance $9.82 is below $10.00",
  balanceUsd: 9.8234,
} as const;
const blind = {
  event: "blind",
  name: "blind",
  because: "not seen for 5 min",
  balanceUsd: 4,
} as const;

describe("a notify command on a trip", () => {
  it.each([
    [
      "without placeholders gets the name and the balance",
      ["notify-send", "RunPod"],
      ["notify-send", "RunPod", "warning", "9.8234"],
    ],
    [
      "with one is only filled in",
      ["triage", "--state", "{name}", "--note", "${balance:.2f} of credit, {name}"],
      ["triage", "--state", "warning", "--note", "$9.82 of credit, warning"],
    ],
    [
      "with only an unknown one counts as having none",
      ["echo", "{nme}"],
      ["echo", "{nme}", "warning", "9.8234"],
    ],
    [
      "with {message} gets the words as well",
      ["echo", "{name}", "{message}"],
      ["echo", "warning", "warning: balance $9.82 is below $10.00"],
    ],
  ])("%s", (_sentence, command, argv) => {
    expect(argvFor(command, trip)).toEqual(argv);
  });
});

describe("a notify command on what is no trip", () => {
  it.each([
    [
      "without placeholders gets the words in place of the name",
      ["notify-send"],
      ["notify-send", "blind: not seen for 5 min", "4.0000"],
    ],
    [
      "with {name} alone gets the words there: none are lost",
      ["echo", "{name}"],
      ["echo", "blind: not seen for 5 min"],
    ],
    [
      "with {message} keeps the bare name",
      ["echo", "{name}", "{message}"],
      ["echo", "blind", "blind: not seen for 5 min"],
    ],
  ])("%s", (_sentence, command, argv) => {
    expect(argvFor(command, blind)).toEqual(argv);
  });

  it("says that the balance is unknown", () => {
    const unknown = { ...blind, balanceUsd: undefined };

    expect(argvFor(["x"], unknown).at(-1)).toBe("unknown");
  });
});

describe("a notification that comes late", () => {
  const at = new Date(2026, 10, 26, 3, 12).getTime();

  it.each([
    ["as it happens", 0, "warning: balance $9.82 is below $10.00"],
    ["a moment later", 4, "warning: balance $9.82 is below $10.00"],
    [
      "after five minutes",
      5,
      "warning: balance $9.82 is below $10.00 (at 2026-11-26 03:12, 5 min ago)",
    ],
    [
      "after hours",
      125,
      "warning: balance $9.82 is below $10.00 (at 2026-11-26 03:12, 2 h 5 min ago)",
    ],
  ])("says when it happened: %s", (_sentence, minutes, words) => {
    expect(messageOf({ ...trip, atMs: at }, at + minutes * minuteMs)).toBe(words);
  });

  it("says nothing of a time that nobody wrote down", () => {
    expect(messageOf(trip, at)).toBe("warning: balance $9.82 is below $10.00");
  });
});

it("words that are too long for any receiver are cut", () => {
  const message = messageOf({ ...trip, because: "é".repeat(9_000) }, 0);

  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4_000);
  expect(message).toMatch(/é…$/);
});
