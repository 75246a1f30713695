import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plotHours, plotLines, type PlotSources, plotSources } from "#commands/status/plot.ts";
import type { StatusOptions } from "#commands/status/options.ts";
import { status } from "#commands/status/status.ts";
import { emptyState } from "#guard/model/state.ts";
import type { Context } from "#terminal/context.ts";
import { blind, policyWith, seen } from "../../guard/samples.ts";
import { tempFolder } from "../../temp-folder.ts";

const hourMs = 3_600_000;
/** By the clock on the wall, wherever this runs. */
const nowMs = new Date(2026, 10, 27, 4, 20).getTime();
const paint = { yellow: (text: string) => text };
const room = { columns: 80, rows: 18, isAscii: false, paint };
const policy = policyWith({
  thresholds: [
    { name: "warning", belowUsd: 10, answers: ["notify"], backstop: undefined },
    { name: "critical", belowUsd: 2, answers: ["notify"], backstop: undefined },
  ],
});

/** A day that fell from $54 to $30, at $1 an hour; `changes` say what is otherwise. */
function sources(changes: Partial<PlotSources & PlotSources["snapshot"]> = {}): PlotSources {
  const { forMs = 24 * hourMs, samples, because, ...snapshot } = changes;
  return {
    forMs,
    samples:
      samples ??
      Array.from({ length: 1_440 }, (_, n) => ({
        atMs: nowMs - (1_440 - n) * 60_000,
        balanceUsd: 54 - n / 60,
        burnPerHrUsd: 1,
      })),
    because,
    snapshot: {
      nowMs,
      policy,
      saved: emptyState,
      look: seen({ atMs: nowMs, balanceUsd: 30, burnPerHrUsd: 2 }),
      ...snapshot,
    },
  };
}

const text = (...of: Parameters<typeof plotLines>): string => plotLines(...of).join("\n");

describe("the plot of the balance", () => {
  it("says what it shows, and when the forecast meets what", () => {
    const lines = plotLines(sources(), room);

    expect(lines[0]).toBe("balance over the last 24 h:");
    expect(lines.at(-1)).toBe(
      "at the present burn: warning at about 14:20, critical at about 18:20, $0 at about 19:20",
    );
    expect(lines.join("\n")).toMatch(/warning \$10\.00 .*critical \$2\.00 /s);
  });

  it.each<[string, ReturnType<typeof sources>, RegExp]>([
    [
      "a day that is another",
      sources({ look: seen({ atMs: nowMs, balanceUsd: 30, burnPerHrUsd: 1 }) }),
      /warning at about 2026-11-28 00:20, /,
    ],
    [
      "hours that are not whole",
      sources({ forMs: 1.5 * hourMs }),
      /^balance over the last 1\.5 h:/,
    ],
    [
      "a gap in which nobody looked",
      sources({ samples: sources().samples.filter(({ atMs }) => atMs < nowMs - 3 * hourMs) }),
      /nobody looked in one gap$/,
    ],
    [
      "the time before the first balance",
      sources({ samples: sources().samples.filter(({ atMs }) => atMs > nowMs - 3 * hourMs) }),
      /no balance is known before 01:21$/,
    ],
    [
      "the time after the last one, where RunPod is not seen now",
      sources({
        look: blind(nowMs),
        samples: sources().samples.filter(({ atMs }) => atMs <= nowMs - 3 * hourMs),
      }),
      /no balance is known since 01:20$/,
    ],
    [
      "both, and a gap between them",
      sources({
        look: blind(nowMs),
        samples: [9, 8.99, 7, 6.99].map((hours) => ({
          atMs: nowMs - hours * hourMs,
          balanceUsd: 50,
          burnPerHrUsd: 1,
        })),
      }),
      /no balance is known before 2026-11-26 19:20, nor since 2026-11-26 21:20\nnobody looked in one gap$/,
    ],
    [
      "samples that cannot be read, beside the balance of now",
      sources({ samples: [], because: "EACCES: permission denied" }),
      /the balances that the daemon saved cannot be read: EACCES/,
    ],
  ])("tells of %s", (_what, of, expected) => {
    expect(text(of, room)).toMatch(expected);
  });

  const unseen = blind(nowMs);

  it.each<[string, ReturnType<typeof sources>, Partial<typeof room>, string]>([
    [
      "no balance is known",
      sources({ samples: [], look: unseen }),
      {},
      "balance over the last 24 h: none is known; the daemon saves one at each poll",
    ],
    [
      "the samples cannot be read, and the account neither",
      sources({ samples: [], look: unseen, because: "EIO" }),
      {},
      "balance over the last 24 h: the balances that the daemon saved cannot be read: EIO",
    ],
    [
      "the terminal is too narrow",
      sources({ look: unseen }),
      { columns: 39 },
      "balance over the last 24 h: not drawn, the terminal has 39 columns and the plot needs 40",
    ],
    [
      "the terminal is too low",
      sources({ look: unseen }),
      { rows: 5 },
      "balance over the last 24 h: not drawn, the terminal has too few rows for it",
    ],
  ])("is none, and says so, where %s", (_why, of, changes, expected) => {
    expect(text(of, { ...room, ...changes })).toBe(expected);
  });

  it("is the curve without a forecast while the account is not seen", () => {
    const drawn = text(sources({ look: unseen }), room);

    expect(drawn).toMatch(/[⠁-⣿]/);
    expect(drawn).not.toMatch(/at the present burn/);
  });

  it("meets no $0 where RunPod bills afterwards", () => {
    const afterwards = sources({ saved: { ...emptyState, postpaidSinceMs: 1 } });

    expect(text(afterwards, room)).toMatch(/critical at about 18:20$/);
  });

  it("is no wider than 200 columns", () => {
    const widest = Math.max(
      ...plotLines(sources(), { ...room, columns: 500 }).map((each) => each.length),
    );

    expect(widest).toBeLessThanOrEqual(200);
  });

  it("is of the samples beside the state file", async () => {
    const folder = tempFolder();
    writeFileSync(
      join(folder, "samples.jsonl"),
      `{"timestamp":"${new Date(nowMs - hourMs).toISOString()}","balance_usd":31,"burn_per_hr_usd":1}\n`,
    );
    const { snapshot } = sources();
    const settings = { stateFile: join(folder, "state.json") };

    const found = await plotSources(
      { ...snapshot, settings: settings as Parameters<typeof plotSources>[0]["settings"] },
      24 * hourMs,
      new AbortController().signal,
    );

    expect(found).toMatchObject({ samples: [{ balanceUsd: 31 }], because: undefined });
  });
});

describe("how far back the plot goes", () => {
  it.each([
    ["1", 1],
    ["1.5", 1.5],
    ["720", 720],
  ])("is --hours %s", (typed, hours) => {
    expect(plotHours(typed)).toBe(hours * hourMs);
  });

  it.each(["0", "0.5", "721", "-1", "", "day", "Infinity", "NaN"])("is not --hours %j", (typed) => {
    expect(() => plotHours(typed)).toThrow(/--hours must be a number from 1 to 720/);
  });
});

describe("what does not go together", () => {
  const options: StatusOptions = {
    config: "none",
    verbose: false,
    json: false,
    watch: false,
    history: false,
    plot: false,
    all: false,
  };

  it.each<[string, Partial<StatusOptions>, RegExp]>([
    ["--plot and --json", { plot: true, json: true }, /--plot draws for people.*--json/],
    ["--plot and --history", { plot: true, history: true }, /--history and --plot cannot/],
    ["--hours without --plot", { hours: "3" }, /--hours belongs to --plot/],
    ["--plot with hours that are none", { plot: true, hours: "x" }, /--hours must be a number/],
  ])("%s is refused in words", async (_what, changes, expected) => {
    // None of it reaches anything of the context.
    await expect(status({ ...options, ...changes }, {} as Context)).rejects.toThrow(expected);
  });
});
