import { expect, it } from "vitest";
import { billLines } from "#commands/demo/night-bill.ts";

const hourMs = 3_600_000;

it("has each night, their sum and what was saved, in columns", () => {
  const idled = { idleMs: 7.4 * hourMs, idleUsd: 11.026, totalUsd: 18.029 };
  const ended = { idleMs: 0.52 * hourMs, idleUsd: 0.774, totalUsd: 7.777 };

  const lines = billLines([idled, idled], [ended, ended]);

  expect(lines).toEqual([
    "                     idle   idle cost   total cost",
    "without  night 1    7.4 h      $11.03       $18.03",
    "         night 2    7.4 h      $11.03       $18.03",
    "         total     14.8 h      $22.05       $36.06",
    "with     night 1    0.5 h       $0.77        $7.78",
    "         night 2    0.5 h       $0.77        $7.78",
    "         total      1.0 h       $1.55       $15.55",
    "",
    "Saved: $20.50, and 13.8 h of an idle pod.",
  ]);
});
