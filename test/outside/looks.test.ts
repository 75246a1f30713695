import { describe, expect, it } from "vitest";
import { hourMs, secondMs } from "#guard/model/time.ts";
import type { Channel, Sent } from "#notify/channel.ts";
import { beatOf } from "#outside/beat/beat-of.ts";
import { seen } from "../guard/samples.ts";
import { guarded } from "./guarded.ts";
import { keptOfPrimary, spokenWith, startMs } from "./kept.ts";

describe("a look from outside", () => {
  it("goes on where one before it died before it had kept what can be learned again", async () => {
    const { "own.runs": _, ...left } = keptOfPrimary([seen({ atMs: startMs, balanceUsd: 20 })]);
    const { guard, looks, all } = guarded(left);
    const woken = guard.wake();
    await expect.poll(() => looks.length).toBe(1);

    looks[0]?.end(seen({ atMs: startMs, balanceUsd: 9 }));
    await woken;

    expect(all.get("own.runs")).toContain("trainer");
  });

  it("that goes on although it was interrupted changes nothing once it is waited for no longer", async () => {
    let answer: (sent: Sent) => void = () => undefined;
    const phone: Channel = {
      name: "phone",
      type: "webhook",
      send: () => new Promise((sent) => (answer = sent)),
      probe: () => Promise.resolve({ kind: "untried" }),
    };
    const { guard, clock, looks, all, wakes, say } = guarded(keptOfPrimary([]), [phone]);
    const woken = guard.wake();
    await expect.poll(() => looks.length).toBe(1);
    looks[0]?.end(seen({ atMs: 0, balanceUsd: 9 }));
    await expect.poll(() => all.get("own.state")).toMatch(/"trip"/);
    const forgotten = say("forget", 5);
    await expect.poll(() => looks[0]?.signal.aborted).toBe(true);
    await clock.advanceTo(20 * secondMs);
    expect(await forgotten).toEqual({ kind: "forgotten" });
    const woke = [...wakes];

    answer({ kind: "sent", answer: "late" });
    await clock.advanceTo(60 * secondMs);
    await woken;

    expect([...all.keys()].filter((key) => key.startsWith("own."))).toEqual([]);
    expect(wakes).toEqual(woke);
  });
});

describe("an account that was forgotten on purpose", () => {
  const day = 24 * hourMs;

  it("is missed by nobody, and nothing said before is heard again", async () => {
    const { guard, clock, all, wakes, say } = guarded();
    await say("forget", 5);
    const left = Object.fromEntries(all);

    for (const atMs of [0, 2 * hourMs, day]) {
      await clock.advanceTo(atMs);
      await guard.wake();
    }

    expect(Object.fromEntries(all)).toEqual(left);
    expect(wakes).toEqual([]);
    expect(await say("status", 4)).toEqual({ kind: "replayed", count: 5 });
  });

  it.each([
    ["a beat", "beat", JSON.stringify(beatOf(spokenWith()))],
    ["the word that beats will come", "orders", JSON.stringify({ version: 1, role: "standby" })],
  ] as const)("is guarded again once it is sent %s", async (_sentence, kind, body) => {
    const { guard, all, wakes, say } = guarded();
    await say("forget", 5);

    await say(kind, 6, { body });
    await guard.wake();

    expect(all.has("forgotten")).toBe(false);
    expect(wakes.at(-1)).toBeGreaterThan(0);
  });
});
