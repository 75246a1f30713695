import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { balanceAnswer, type BalanceAnswer } from "#http/contract/balance.ts";
import { at, blind, hourMs, minuteMs } from "../../guard/samples.ts";
import { tempFolder } from "../../temp-folder.ts";
import { viewed, type Viewed } from "./viewed.ts";

const begun = new AbortController().signal;

/** The guard, with samples of these minutes from before. */
async function withSamples(minutes: readonly number[], burnPerHrUsd = 6): Promise<Viewed> {
  const samples = join(tempFolder(), "samples.jsonl");
  const lines = minutes.map((minute) =>
    JSON.stringify({
      timestamp: new Date(at(minute)).toISOString(),
      balance_usd: 100 - (minute * burnPerHrUsd) / 60,
      burn_per_hr_usd: burnPerHrUsd,
    }),
  );
  writeFileSync(samples, lines.map((line) => `${line}\n`).join(""));
  return viewed({ files: { history: "/nowhere", samples } });
}

async function ask({ app }: Viewed, query = ""): Promise<BalanceAnswer> {
  const answer = await app.request(`/api/balance${query}`);

  expect(answer.status).toBe(200);
  return balanceAnswer.parse(await answer.json());
}

describe("GET /api/balance", () => {
  it("has the last day, by what was seen before and by what is seen", async () => {
    const guard = await withSamples([-3, -2, -1]);
    await guard.view.begin(begun);
    guard.poll({ balanceUsd: 100, burnPerHrUsd: 6 });

    const { points, from, to, since } = await ask(guard);

    expect(points).toEqual([
      [at(-3) / 1_000, 100.3],
      [at(-2) / 1_000, 100.2],
      [at(-1) / 1_000, 100.1],
      [at(0) / 1_000, 100],
    ]);
    expect([from, to]).toEqual([-24 * hourMs, 0].map((ms) => new Date(at(0) + ms).toISOString()));
    expect(since).toBe(new Date(at(-3)).toISOString());
  });

  it("has what was seen before the file was read, and each minute once", async () => {
    const guard = await withSamples([-2, -1, 0]);
    guard.poll({ balanceUsd: 99 });
    await guard.clock.advanceTo(at(0) + 10_000);
    guard.poll({ balanceUsd: 98 });
    await guard.view.begin(begun);

    const { points } = await ask(guard);

    expect(points.map(([, usd]) => usd)).toEqual([100.2, 100.1, 99, 98]);
    await guard.clock.advanceTo(at(1));
    guard.poll({ balanceUsd: 97 });
    expect((await ask(guard)).points.map(([, usd]) => usd)).toEqual([100.2, 100.1, 99, 97]);
  });

  it("shows a time in which nobody looked as a gap, never as a line", async () => {
    const guard = await withSamples([-20, -19, -10, -9]);
    await guard.view.begin(begun);

    const { points } = await ask(guard);

    expect(points.map(([, usd]) => usd)).toEqual([102, 101.9, null, 101, 100.9]);
  });

  it("has so many points at most", async () => {
    const guard = await withSamples(Array.from({ length: 1_000 }, (_, n) => n - 1_000));
    await guard.view.begin(begun);

    expect((await ask(guard, "?points=50")).points.length).toBeLessThanOrEqual(50);
    expect((await ask(guard)).points.length).toBeGreaterThan(50);
  });

  it("has the thresholds, and a forecast from now to $0 while the account is seen", async () => {
    const guard = await withSamples([]);
    guard.poll({ balanceUsd: 12, burnPerHrUsd: 6 });

    const { forecast, thresholds } = await ask(guard);

    expect(thresholds.map(({ below_usd }) => below_usd)).toEqual([10, 2, 0.5]);
    expect(forecast[0]).toEqual([at(0) / 1_000, 12]);
    expect(forecast.at(-1)).toEqual([at(120) / 1_000, 0]);
    guard.poll(blind(at(0)));
    expect((await ask(guard)).forecast).toEqual([]);
  });

  it("forecasts no $0 where RunPod bills afterwards, also while a poll does not say so", async () => {
    const guard = await withSamples([]);
    guard.poll({ balanceUsd: 12, burnPerHrUsd: 6, billingMode: "POSTPAID" });
    guard.poll({ balanceUsd: 12, burnPerHrUsd: 6 });

    const { forecast } = await ask(guard);

    expect(forecast.at(-1)).toEqual([at(115) / 1_000, 0.5]);
  });

  it("has nothing where nothing is known", async () => {
    expect(await ask(await viewed())).toMatchObject({ points: [], since: null, forecast: [] });
  });

  it("that is read late is asked for anew by whoever came before", async () => {
    const told: string[] = [];
    const guard = await withSamples([-30, -20, -10]);
    guard.view.follow(({ kind }) => told.push(kind));
    guard.poll();

    await guard.view.begin(begun);

    expect(told.filter((kind) => kind === "missed")).toEqual(["missed"]);
  });

  it("begins with this process where the file cannot be read", async () => {
    const guard = await viewed({ files: { history: "/nowhere", samples: tempFolder() } });
    await guard.view.begin(begun);
    guard.poll();

    expect(await ask(guard)).toMatchObject({ since: new Date(at(0)).toISOString() });
  });

  it("keeps 30 days", async () => {
    const guard = await withSamples([]);
    for (let hour = 0; hour < 24 * 62; hour += 0.5) {
      await guard.clock.advanceTo(at(hour * 60));
      guard.poll();
    }

    const since = Date.parse((await ask(guard)).since ?? "");

    expect(guard.clock.nowMs() - since).toBeLessThan(62 * 24 * hourMs);
    expect(guard.clock.nowMs() - since).toBeGreaterThan(30 * 24 * hourMs - 30 * minuteMs);
  });

  it.each([
    ["?from=now", "from: must be a time such as"],
    ["?points=7", "points: must be a whole number from 8 to 2000"],
    ["?points=2001", "points: must be a whole number from 8 to 2000"],
    ["?points=many", "points: must be a whole number from 8 to 2000"],
    ["?from=20&to=10", "from: must be before to"],
    ["?day=1", "day: is not known here"],
  ])("says what is wrong with %s", async (query, words) => {
    const answer = await (await viewed()).app.request(`/api/balance${query}`);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: expect.stringContaining(words) });
  });
});
