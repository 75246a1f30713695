import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { curveOf } from "#report/curve/curve.ts";
import { samplesSince } from "#report/curve/samples-since.ts";
import { tempFolder } from "../../temp-folder.ts";

const minuteMs = 60_000;
const nowMs = Date.UTC(2026, 10, 23, 3, 20);
const sample = (minute: number) => ({
  atMs: nowMs + minute * minuteMs,
  balanceUsd: 10 - minute,
  burnPerHrUsd: undefined,
});
const never = new AbortController().signal;

function written(path: string, minutes: readonly number[]): string {
  const lines = minutes.map((minute) => {
    const { atMs, balanceUsd } = sample(minute);
    return `{"timestamp":"${new Date(atMs).toISOString()}","balance_usd":${balanceUsd},"burn_per_hr_usd":null}\n`;
  });
  writeFileSync(path, lines.join(""));
  return path;
}

describe("the curve from one moment to another", () => {
  const asked = { nowMs, gapMs: 3 * minuteMs, points: 100 };

  it("is of what lies between them, the ends with it", () => {
    const samples = [-5, -4, -3, -2, -1, 0].map(sample);

    const curve = curveOf(samples, {
      ...asked,
      fromMs: nowMs - 3 * minuteMs,
      toMs: nowMs - minuteMs,
    });

    expect(curve.map(({ balanceUsd }) => balanceUsd)).toEqual([13, 12, 11]);
  });

  it("has room for as many points as were asked for", () => {
    const samples = Array.from({ length: 10_000 }, (_, n) => sample(n - 10_000));

    const curve = curveOf(samples, { ...asked, fromMs: 0, toMs: nowMs });

    expect(curve.length).toBeLessThanOrEqual(100);
    expect(curve.length).toBeGreaterThanOrEqual(48);
  });
});

describe("the samples from a moment on", () => {
  it("are read from the file, oldest first", async () => {
    const path = written(join(tempFolder(), "samples.jsonl"), [-4, -3, -2, -1]);

    const found = await samplesSince(path, { sinceMs: nowMs - 2 * minuteMs, nowMs }, never);

    expect(found.map(({ balanceUsd }) => balanceUsd)).toEqual([12, 11]);
  });

  it("are found behind some of a clock that was wrong", async () => {
    const path = written(join(tempFolder(), "samples.jsonl"), [-3, -2, -1_000_000, -1]);

    const found = await samplesSince(path, { sinceMs: nowMs - 3 * minuteMs, nowMs }, never);

    expect(found.map(({ balanceUsd }) => balanceUsd)).toEqual([13, 12, 11]);
  });

  it("are found behind as many as there can be of a clock that was ahead", async () => {
    const ahead = Array.from({ length: 43_200 }, (_, n) => n + 1);
    const path = written(join(tempFolder(), "samples.jsonl"), [-2, -1, ...ahead]);

    const found = await samplesSince(path, { sinceMs: nowMs - 3 * minuteMs, nowMs }, never);

    expect(found.map(({ balanceUsd }) => balanceUsd)).toEqual([12, 11]);
  });

  it("are none where there is no file", async () => {
    expect(await samplesSince(join(tempFolder(), "none"), { sinceMs: 0, nowMs }, never)).toEqual(
      [],
    );
  });

  it("are not read on once it is over", async () => {
    const path = written(join(tempFolder(), "samples.jsonl"), [-1]);

    const asked = { sinceMs: 0, nowMs };
    await expect(samplesSince(path, asked, AbortSignal.abort())).rejects.toThrow(/aborted/);
  });
});
