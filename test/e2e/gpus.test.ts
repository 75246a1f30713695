import { describe, expect, it } from "vitest";
import { guardWith, type Json } from "./guard.ts";

const launch = { max_price_per_hr: 2, max_hours: 24, max_running: 4, max_starts_per_hour: 6 };

interface Offer extends Json {
  readonly gpu_name: string;
  readonly price_per_hr_usd: number | null;
}

describe.concurrent("runpodboss gpus", () => {
  it("shows what pods can be started with, the cheapest first, with no daemon", async (test) => {
    const guard = await guardWith(test, { config: { launch } });

    const { by, stdout, stderr } = await guard.command("gpus");
    const json = await guard.command("gpus", "--json");

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    expect(stdout).toMatch(/^GPU +MEMORY +CLOUD +PRICE +STOCK\n/);
    expect(stdout).toMatch(/\n.+ GB +secure +\$\d+\.\d\d\/h +high +above max_price_per_hr\n/);
    const { offers } = JSON.parse(json.stdout) as { readonly offers: readonly Offer[] };
    const prices = offers.map(({ price_per_hr_usd: price }) => price ?? Infinity);
    expect(prices.length).toBeGreaterThan(4);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
  });

  it("is chosen by cloud, memory, count and price, and says what to loosen", async (test) => {
    const guard = await guardWith(test);

    const some = await guard.command(
      "gpus",
      "--cloud",
      "secure",
      "--min-vram",
      "80",
      "--count",
      "2",
    );
    const none = await guard.command("gpus", "--max-price", "0.001");

    expect(some.stdout).toMatch(/^GPU +MEMORY +CLOUD +2 GPUS +EACH +STOCK\n/);
    expect(some.stdout).not.toMatch(/community|24 GB/);
    expect(none.by).toBe(0);
    expect(none.stdout).toMatch(
      /^Nothing that RunPod offers now fits\.\nThe cheapest .* --max-price \d/,
    );
  });

  it("says why it cannot be told", async (test) => {
    const guard = await guardWith(test);
    guard.simulator.failAll("http-500");

    const { by, stdout, stderr } = await guard.command("gpus");

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr).toMatch(
      /^What RunPod offers could not be read: .*500.*\nThen try: runpodboss .*check\n$/,
    );
  });
});
