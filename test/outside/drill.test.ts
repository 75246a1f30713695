import { describe, expect, it } from "vitest";
import type { Look } from "#guard/model/account.ts";
import type { Channel } from "#notify/channel.ts";
import { drill, type DrillDeps } from "#outside/drill/drill.ts";
import { createWebClock } from "#outside/web-clock.ts";
import { seen } from "../guard/samples.ts";

const never = new Promise<never>(() => undefined);

/** An account that only answers looks: whatever else is asked of it fails the test. */
function deps(look: () => Promise<Look>, channels: readonly Channel[] = []): DrillDeps {
  return {
    account: "main",
    clock: createWebClock(),
    runpod: () => ({
      look,
      measure: () => Promise.reject(new Error("a drill measures nothing")),
      end: () => Promise.reject(new Error("a drill ends nothing")),
    }),
    channels,
  };
}

function channel(name: string, send: Channel["send"]): Channel {
  return { name, type: "webhook", send, probe: () => Promise.resolve({ kind: "untried" }) };
}

const looks = () => Promise.resolve<Look>(seen({ balanceUsd: 31.4 }));

describe.concurrent("a drill of the guard outside", () => {
  it("tells how a machine falls silent, its pod is stopped with proof, and it comes back", async () => {
    const { rehearsal } = await drill(deps(looks));

    expect(rehearsal.map(({ words, isGood }) => `${isGood} ${words}`)).toEqual([
      "true A made-up machine was heard: $20.00, 2 pods, 1 of them protected.",
      "true It fell silent, and the balance fell to $4.20. After 11 min I looked myself and took its place.",
      "true Below $5.00 I stopped its pod drill-trainer, and saw by another look that it had stopped.",
      "true Its protected pod drill-keep was left alone.",
      "true The machine came back, took over what I had done, and I only listen again.",
      expect.stringMatching(/^true Meanwhile \d messages would have been sent\.$/),
    ]);
  });

  it("says what RunPod really answers, and each channel, to a message that is marked", async () => {
    const told: string[] = [];
    const { runpod, channels } = await drill(
      deps(looks, [
        channel("phone", ({ text }) => {
          told.push(text);
          return Promise.resolve({ kind: "sent", answer: "HTTP 200" });
        }),
        channel("slack", () =>
          Promise.resolve({ kind: "failed", because: "no such hook", isRefused: true }),
        ),
        channel("broken", () => Promise.reject(new Error("it broke"))),
      ]),
    );

    expect(runpod).toEqual({ words: "RunPod answered: $31.40, $1.49/h, 1 pod.", isGood: true });
    expect(channels).toEqual([
      { name: "phone", words: "sent (HTTP 200)", isGood: true },
      { name: "slack", words: "FAILED: no such hook", isGood: false },
      { name: "broken", words: "FAILED: it broke", isGood: false },
    ]);
    expect(told).toEqual([expect.stringContaining("THIS IS A REHEARSAL")]);
  });

  it.each<[sentence: string, look: () => Promise<Look>, words: RegExp]>([
    [
      "does not see the account",
      () =>
        Promise.resolve({
          kind: "blind",
          atMs: 0,
          cause: "key-refused",
          because: "HTTP 401",
        }),
      /did not show the account: HTTP 401/,
    ],
    ["breaks", () => Promise.reject(new Error("it broke")), /did not answer: it broke/],
  ])("is not good where RunPod %s", async (_sentence, look, words) => {
    const { runpod } = await drill(deps(look));

    expect(runpod).toEqual({ words: expect.stringMatching(words) as string, isGood: false });
  });

  it("comes to its end though RunPod and a channel never answer", async () => {
    const started = createWebClock().nowMs();
    let aheadMs = 0;
    const slow = deps(() => never, [channel("phone", () => never)]);
    const clock = {
      nowMs: () => started + aheadMs,
      // Each wait is over at once: what has not come by then has not come.
      sleepUntil: (untilMs: number, signal: AbortSignal) => {
        if (!signal.aborted) aheadMs = Math.max(aheadMs, untilMs - started);
        return new Promise<void>((resolve) => setTimeout(resolve, 500));
      },
    };

    const { runpod, channels } = await drill({ ...slow, clock });

    expect(runpod).toEqual({
      words: "RunPod did not answer: not done after 20 s.",
      isGood: false,
    });
    expect(channels[0]).toMatchObject({ words: "FAILED: not done after 20 s", isGood: false });
  });
});
