import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Plotted, plotOf, type PlotPoint } from "#terminal/plot/plot.ts";
import { widthOf } from "#terminal/text-width.ts";

const hourMs = 3_600_000;
/** By the clock on the wall, wherever this runs. */
const nowMs = new Date(2026, 10, 27, 4, 20).getTime();
const paint = { yellow: (text: string) => text };

/** Falls from $30, is at $1.20 for one look, is paid into, and nobody looks for two hours. */
const points: readonly PlotPoint[] = Array.from({ length: 24 * 12 + 1 }, (_, n) => {
  const ago = 24 - n / 12;
  const balanceUsd = ago > 8 ? 30 - (24 - ago) * 1.4 : 62 - (8 - ago) * 3;
  const isGap = ago < 5 && ago > 3;
  return {
    atMs: nowMs - ago * hourMs,
    balanceUsd: isGap ? undefined : n === 96 ? 1.2 : balanceUsd,
  };
});
const plotted: Plotted = {
  fromMs: nowMs - 24 * hourMs,
  toMs: nowMs + 13 * hourMs,
  nowMs,
  points,
  forecast: [
    { atMs: nowMs, balanceUsd: 38 },
    { atMs: nowMs + 9.333 * hourMs, balanceUsd: 10 },
    { atMs: nowMs + 12.667 * hourMs, balanceUsd: 0 },
  ],
  limits: [
    { label: "critical $2.00", usd: 2 },
    { label: "warning $10.00", usd: 10 },
    { label: "emergency $0.50", usd: 0.5 },
  ],
};

const drawn = (columns: number, isAscii = false, of = plotted, rows = 18): string =>
  plotOf(of, { columns, rows, isAscii, paint }).lines.join("\n");

describe("the balance drawn in a terminal", () => {
  it("has a dip, a payment, a gap, the thresholds with their names, and what is to come", () => {
    expect(`\n${drawn(80)}\n`).toMatchInlineSnapshot(`
      "
          │                                ⣀
      $60 ┤                                ⡏⠑⢦⡀
          │                                ⡇  ⠈⠳⢤⡀
          │                                ⡇     ⠈
          │                                ⡇         ⠠⣄
          │                                ⡇           ⠙⠦⣀
      $40 ┤                                ⡇             ⠈⠓⠤
          │                                ⡇                 ⠁⠠
          │⠤⣀⡀                             ⡇                    ⠂⢀
          │  ⠈⠉⠒⠢⠤⣀⡀                       ⡇                       ⠂⢀
          │        ⠉⠙⠒⠦⠤⣀⡀                 ⡇                          ⠂
      $20 ┤              ⠈⠉⣶⠢⢤⣀⡀           ⡇                           ⠈ ⠄
          │                ⣿   ⠉⠙⠒⠦⢤⣀⡀     ⡇                              ⠈ ⠄
          │╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌⡟╌╌╌╌╌╌╌╌╌⠉⠙⠒⠦⢤⣀⡇╌ warning $10.00 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌⠈⠂⢀╌╌╌╌╌╌
          │                ⡇               ⠁                                     ⠂⢀
       $0 ┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌⠇╌ critical $2.00 ╌ emergency $0.50 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌⠄╌
          └───┬───────────┬───────────┬───────────┬────────┬──────────────┬───────────
            06:00       12:00       18:00       00:00     now           12:00
      "
    `);
  });

  it("of letters that every terminal has", () => {
    expect(`\n${drawn(80, true)}\n`).toMatchInlineSnapshot(`
      "
          |
      $60 +                                ***
          |                                * ****
          |                                *    **
          |                                *         **
          |                                *          ****
      $40 +                                *             ***
          |                                *                 . .
          |****                            *                     .
          |   *******                      *                       .
      $20 +         *******                *                         . .
          |               *******          *                             .
          |                *    *******    *                               .
          |----------------*-----------*****- warning $10.00 ----------------..-------
          |                *                                                    . .
       $0 +----------------*- critical $2.00 - emergency $0.50 ---------------------.-
          +---+-----------+-----------+-----------+--------+--------------+-----------
            06:00       12:00       18:00       00:00     now           12:00
      "
    `);
  });

  it("of 40 columns", () => {
    expect(`\n${drawn(40)}\n`).toMatchInlineSnapshot(`
      "
          │               ⡀
      $60 ┤               ⡟⣄
          │               ⡇⠘⢦
          │               ⡇ ⠈
          │               ⡇   ⠠⡄
          │               ⡇    ⠘⣆
      $40 ┤               ⡇     ⠈⠧
          │               ⡇       ⠐
          │⢤⡀             ⡇        ⠈⢀
          │ ⠉⠲⣄           ⡇          ⠠
          │    ⠙⠦⣄        ⡇           ⠂
      $20 ┤      ⠈⢱⢦⡀     ⡇            ⠁⡀
          │       ⢸ ⠈⠳⢤⡀  ⡇              ⠄
          │╌╌╌╌╌╌╌⢸╌╌╌╌⠉⠲⣄⡇╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌⠂╌╌╌
          │       ⢸       ⠁                ⠁⡀
       $0 ┤╌╌╌╌╌╌╌⠸╌ critical $2.00 ╌╌╌╌╌╌╌╌⠠╌
          └───────┬──────────────┬──────┬─────
                12:00           now   12:00
      "
    `);
  });

  it("of a debt, without thresholds or forecast", () => {
    const debt: Plotted = {
      ...plotted,
      toMs: nowMs + hourMs,
      points: points.map(({ atMs }, n) => ({ atMs, balanceUsd: 8 - n / 20 })),
      forecast: [],
      limits: [],
    };

    expect(`\n${drawn(60, false, debt, 12)}\n`).toMatchInlineSnapshot(`
      "
         │⠲⠤⣄⣀
         │   ⠈⠉⠓⠲⠤⣄⣀
         │         ⠈⠙⠒⠦⢤⣀⡀
         │               ⠉⠙⠒⠦⢄⣀
         │                     ⠉⠓⠲⠤⣄⣀
      $0 ┤                          ⠈⠉⠓⠢⠤⣀⡀
         │                                ⠈⠙⠒⠦⢤⣀⡀
         │                                      ⠉⠑⠒⠤⢄⣀
         │                                            ⠉⠓⠲⠤⣄⣀
         │                                                 ⠈⠉⠓⠢⠤
         └────────┬────────┬────────┬───────┬────────┬─────────┬──
                08:00    12:00    16:00   20:00    00:00      now
      "
    `);
  });

  it("shows a single look", () => {
    const one = { ...plotted, points: points.slice(-1), forecast: [], limits: [] };

    expect(drawn(60, true, one).match(/\*/g)).toHaveLength(1);
  });

  it("aims at what is met later than it goes", () => {
    const far = { ...plotted, points: points.slice(-1), toMs: nowMs + 3 * hourMs };

    expect(drawn(80, true, far).split("\n").join("").match(/\./g)?.length).toBeGreaterThan(3);
  });

  it("gives what it could not name", () => {
    const limits = Array.from({ length: 5 }, (_, n) => ({
      label: `a-long-name-${n} $1.0${n}`,
      usd: 1 + n / 100,
    }));

    const { unnamed } = plotOf(
      { ...plotted, limits },
      { columns: 60, rows: 12, isAscii: false, paint },
    );

    expect(unnamed.length).toBeGreaterThan(0);
    expect(limits.map(({ label }) => label)).toEqual(expect.arrayContaining([...unnamed]));
  });

  it.each([
    ["twice as wide", "警告 $1.00"],
    ["of no width", "a\u0301lert $1.00"],
  ])("names no threshold in letters that are %s, as they would push the curve", (_what, label) => {
    const { lines, unnamed } = plotOf(
      { ...plotted, limits: [{ label, usd: 1 }] },
      { columns: 80, rows: 18, isAscii: false, paint },
    );

    expect(unnamed).toEqual([label]);
    expect(lines.join("\n")).not.toContain(label);
  });

  it("never is wider or higher than there is room for, and plain where it must be", () => {
    const usd = fc.double({ min: -1e5, max: 1e6, noNaN: true });
    const walk = fc.array(fc.oneof(usd, fc.constant(undefined)), { maxLength: 60 });
    const size = fc.record({
      columns: fc.integer({ min: 40, max: 200 }),
      rows: fc.integer({ min: 6, max: 40 }),
      isAscii: fc.boolean(),
    });
    fc.assert(
      fc.property(
        walk,
        size,
        fc.array(fc.double({ min: 0.01, max: 1e5, noNaN: true })),
        (all, room, below) => {
          const of: Plotted = {
            ...plotted,
            points: all.map((balanceUsd, n) => ({
              atMs: nowMs - (60 - n) * 0.4 * hourMs,
              balanceUsd,
            })),
            limits: below.map((each, n) => ({ label: `limit ${n}`, usd: each })),
          };

          const { lines } = plotOf(of, { ...room, paint });

          expect(lines).toHaveLength(room.rows);
          expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(room.columns);
          expect(lines.filter((line) => room.isAscii && !/^[ -~]*$/.test(line))).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });
});
