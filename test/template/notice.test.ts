import { describe, expect, it } from "vitest";
import { noticeArgv } from "#template/notice.ts";

const values = { balanceUsd: 9.8234, belowUsd: 10, podsJson: "[]" };
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
    expect(noticeArgv(command, trip, values)).toEqual(argv);
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
    expect(noticeArgv(command, blind, values)).toEqual(argv);
  });

  it("says that the balance is unknown", () => {
    const unknown = { ...blind, balanceUsd: undefined };

    expect(noticeArgv(["x"], unknown, values).at(-1)).toBe("unknown");
  });
});
