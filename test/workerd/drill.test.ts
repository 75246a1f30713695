import { describe, expect, it } from "vitest";
import { createSignedSender } from "#outside/beat/send-signed.ts";
import { exchange } from "#requests/exchange.ts";
import { beatKey, minuteMs, type World, world } from "./world.ts";

/** Later than any beat before. */
const say = createSignedSender(exchange, () => Date.now() + minuteMs, 60_000);

function asked({ url, account }: World, kind: "drill" | "forget") {
  return say(kind, "{}", { url, account, beatKey }, new AbortController().signal);
}

describe.concurrent("what the guard outside is asked under a signature", () => {
  it("drills in workerd too: nothing real is ended, and nothing of the rehearsal is kept", async (test) => {
    const its = await world(test, { pods: [{ id: "p1", name: "trainer", costPerHrUsd: 1.49 }] });
    await its.send();
    const before = (await its.test({})).kept;

    const answer = await asked(its, "drill");
    const { count: _, ...after } = (await its.test({})).kept;

    expect(answer).toMatchObject({
      kind: "answered",
      body: {
        kind: "drilled",
        rehearsal: Array.from({ length: 6 }, () => ({ isGood: true })),
        runpod: { isGood: true },
        channels: [{ name: "phone", isGood: true }],
      },
    });
    expect(its.events()).toEqual(["drill"]);
    expect(its.simulator.asked.map(({ does }) => does)).not.toContain("stop");
    expect(after).toEqual(before);
  });

  it("forgets an account: nothing is kept, and nothing wakes it", async (test) => {
    const its = await world(test);
    await its.send();

    const answer = await asked(its, "forget");

    expect(answer).toEqual({ kind: "answered", body: { kind: "forgotten" } });
    expect(await its.test({})).toMatchObject({ kept: {}, wakeAtMs: null });
    await its.wakeAfter(60 * minuteMs);
    expect(its.events()).toEqual([]);
  });
});
