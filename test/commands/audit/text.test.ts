import { describe, expect, it } from "vitest";
import { auditText } from "#commands/audit/text.ts";
import type { AuditReport } from "#report/audit/audit.ts";
import type { AuditRow } from "#report/audit/row.ts";
import type { Paint } from "#terminal/colors.ts";

const paint: Paint = {
  red: (text) => text,
  yellow: (text) => text,
  bold: (text) => text,
};

const row: AuditRow = {
  what: "serverless endpoint",
  id: "e1",
  name: "my-llm",
  perDayUsd: 104.16,
  priceFrom: "list",
  load: "idle",
  because: "2 workers, minimum 2; now 2 IDLE",
  endWith: "https://console.runpod.io/serverless",
};

const report: AuditReport = {
  nowMs: 0,
  rows: [row],
  totalPerDayUsd: 104.16,
  unknown: 0,
  balanceUsd: 30,
  burnPerDayUsd: 120,
  unexplainedPerDayUsd: 15.84,
  spendCapPerHrUsd: 80,
  unread: [],
};

function textOf(changes: Partial<AuditReport> = {}, room = 80): readonly string[] {
  return auditText({ ...report, ...changes }, paint, room);
}

describe("the text of an audit", () => {
  it("fits 80 columns, and tells why each bills and what ends it", () => {
    const lines = textOf();

    expect(lines.slice(0, 12)).toEqual([
      "A DAY          WHAT                 NAME    ID",
      "about $104.16  serverless endpoint  my-llm  e1  2 workers, minimum 2; now 2",
      "                                                IDLE. See:",
      "                                                https://console.runpod.io/serverless",
      "",
      "total: $104.16 a day",
      "balance: $30.00",
      "burn by RunPod's own word: $120.00 a day",
      "unexplained: $15.84 a day of that",
      "spend cap: $80.00/h, checked when something starts; not what burns",
      expect.stringContaining('"about": a list price as of '),
      "Nothing was changed.",
    ]);
  });

  it("says unknown for what is unknown, and never $0", () => {
    const unknown = {
      rows: [{ ...row, perDayUsd: undefined }],
      totalPerDayUsd: 0,
      unknown: 1,
      balanceUsd: undefined,
      burnPerDayUsd: undefined,
      unexplainedPerDayUsd: undefined,
      spendCapPerHrUsd: undefined,
    };

    expect(textOf(unknown).filter((line) => line.includes("unknown"))).toEqual([
      expect.stringMatching(/^unknown {2}serverless/),
      "total: $0.00 a day and 1 of unknown cost",
      "balance: unknown",
      "burn by RunPod's own word: unknown",
      "unexplained: unknown, as the burn is",
      "spend cap: unknown",
    ]);
  });

  it.each([
    ["the rows come to more", -3, 0, "unexplained: nothing; the rows come to $3.00 a day more"],
    ["nothing is left", 0, 0, "unexplained: nothing"],
    [
      "a row is unknown",
      3,
      2,
      "unexplained: $3.00 a day of that; what is of unknown cost (2) is part of it",
    ],
  ])("tells what is unexplained when %s", (_sentence, unexplainedPerDayUsd, unknown, words) => {
    expect(textOf({ unexplainedPerDayUsd, unknown })).toContain(words);
  });

  it("tells once of all that could not be read for the same reason", () => {
    const because = "no answer\u202e";
    const unread = [
      { what: "clusters", because },
      { what: "network volumes", because },
    ];

    expect(textOf({ unread })).toContain("not readable: clusters, network volumes: no answer ");
  });

  it("shows a hundred of 10,000 rows, and what the rest comes to", () => {
    const rows = Array.from({ length: 10_000 }, (_, n) => ({
      ...row,
      perDayUsd: n < 9_999 ? 1 : undefined,
    }));

    expect(textOf({ rows })).toContain(
      "and 9900 more, $9899.00 a day and 1 of unknown cost: see --json",
    );
  });

  it("says that nothing was found", () => {
    expect(textOf({ rows: [] })[0]).toBe("Nothing that bills was found.");
  });
});

describe("what ends it", () => {
  const pod: AuditRow = { ...row, what: "stopped pod", endWith: "runpodboss terminate p1" };

  it.each([
    [
      "a terminate says what it deletes",
      { loses: "its disk" },
      "End it, which deletes its disk for good: runpodboss terminate p1",
    ],
    [
      "what is protected must be unprotected first",
      { endWith: "protected: unprotect it first", isKept: true },
      "now 2 IDLE. protected: unprotect it first",
    ],
  ] as const)("%s", (_sentence, changes, words) => {
    expect(textOf({ rows: [{ ...pod, ...changes }] }, 400)[1]).toContain(words);
  });

  it("nothing found where not all could be read is no $0", () => {
    const lines = textOf({ rows: [], unread: [{ what: "network volumes", because: "HTTP 403" }] });

    expect(lines[0]).toBe(
      "Nothing that bills was found, but not everything could be read: see below.",
    );
    expect(lines).toContain("total: unknown");
  });
});
