import { describe, expect, it } from "vitest";
import type { EndAction, Look, PodStatus } from "#guard/model/account.ts";
import type { BurnBefore } from "#guard/model/effect.ts";
import { endByHand } from "#operations/manual-stop.ts";
import { realPaces } from "#paces.ts";
import { accountShowing } from "../effects/fake-account.ts";
import { createHastyClock } from "../fake-clock.ts";
import { blind, pod, seen } from "../guard/samples.ts";

const trainer = pod({ id: "p1", costPerHrUsd: 2 });
const withStatus = (status: PodStatus, atMs = 7) =>
  seen({ atMs, burnPerHrUsd: 2, pods: [pod({ id: "p1", costPerHrUsd: 2, status })] });
const [runs, exited] = [withStatus("running"), withStatus("stopped")];
const gone = seen({ burnPerHrUsd: 0, pods: [] });

async function end(
  looks: readonly [Look, ...Look[]],
  action: EndAction = "stop",
  protect: string[] = [],
  burnBefore?: BurnBefore,
) {
  const account = accountShowing(looks);
  const notes: string[] = [];
  const deps = {
    account,
    clock: createHastyClock(),
    protect: () => protect,
    burnBefore,
    paces: realPaces,
    note: (words: string) => void notes.push(words),
  };
  const found = await endByHand(trainer, action, deps, new AbortController().signal);
  return { found, notes, asked: account.asked.filter((each) => each !== "look") };
}

describe("a stop", () => {
  it("is proven, and tells when the pod was seen to run", async () => {
    const { found, notes, asked } = await end([runs, exited]);

    expect(found).toMatchObject({ kind: "ended", ranAtMs: 7, outcome: { podIs: "stopped" } });
    expect(asked).toEqual(["stop p1"]);
    expect(notes).toEqual(["polling", "asked RunPod to stop it, waiting for proof"]);
  });

  it("that shows only after the last look for its proof is ours all the same", async () => {
    const { found, asked } = await end([runs, runs, runs, runs, runs, exited]);

    expect(found).toMatchObject({ kind: "ended", ranAtMs: 7 });
    expect(asked).toEqual(["stop p1"]);
  });

  it("that shows only at the second try is compared with the burn before the first", async () => {
    const before = { costPerHrUsd: 2, burnPerHrUsd: 2, unexplainedPerHrUsd: 0 };
    const looks = [runs, runs, runs, runs, runs, exited] as const;

    const { found, asked } = await end(looks, "stop", [], before);

    expect(found).toMatchObject({
      kind: "ended",
      outcome: {
        because: "the pod is EXITED; not confirmed by the burn ($2.00/h to $2.00/h)",
        unconfirmed: before,
      },
    });
    expect(asked).toEqual(["stop p1"]);
  });

  it("is not proven by one list without the pod", async () => {
    const { found } = await end([runs, gone, runs, gone, runs, gone, runs]);

    expect(found).toMatchObject({ kind: "unproven" });
  });

  it("is tried three times, and is not proven then", async () => {
    const { found, asked } = await end([runs]);

    expect(found).toEqual({
      kind: "unproven",
      because: "RunPod accepted the request, but the pod still runs",
    });
    expect(asked).toEqual(["stop p1", "stop p1", "stop p1"]);
  });

  it("is not proven by not seeing", async () => {
    const { found } = await end([runs, blind()]);

    expect(found).toMatchObject({ kind: "unproven" });
  });

  it.each<[string, Look, string]>([
    ["stopped", exited, "the pod is EXITED"],
    ["gone", gone, "the pod is gone"],
  ])(
    "of what someone else had %s a moment before asks for nothing",
    async (_word, look, because) => {
      const { found, asked } = await end([look]);

      expect(found).toEqual({ kind: "over-before", because });
      expect(asked).toEqual([]);
    },
  );

  it("of what has become protected a moment before asks for nothing", async () => {
    const { found, asked } = await end([runs], "stop", ["p1"]);

    expect(found).toEqual({ kind: "unproven", because: "the pod is protected" });
    expect(asked).toEqual([]);
  });
});

describe("a termination is proven when the pod is gone, whether it ran or not:", () => {
  it.each<[string, readonly [Look, ...Look[]], string, number | undefined]>([
    ["running before", [runs, exited, gone], "ended", 7],
    ["stopped before", [exited, exited, gone], "ended", undefined],
    ["listed as terminated", [runs, withStatus("gone")], "ended", 7],
    ["only stopped by it", [runs, exited], "unproven", undefined],
    ["gone before", [gone], "over-before", undefined],
    ["terminated before", [withStatus("gone")], "over-before", undefined],
  ])("%s", async (_sentence, looks, kind, ranAtMs) => {
    const { found } = await end(looks, "terminate");

    expect(found.kind).toBe(kind);
    expect("ranAtMs" in found ? found.ranAtMs : undefined).toBe(ranAtMs);
  });

  it("a stopped pod that is protected is left alone", async () => {
    const { found, asked } = await end([exited], "terminate", ["p1"]);

    expect(found).toEqual({ kind: "unproven", because: "the pod is protected" });
    expect(asked).toEqual([]);
  });

  it("what is still there is said to be", async () => {
    const { found } = await end([exited], "terminate");

    expect(found).toEqual({
      kind: "unproven",
      because: "RunPod accepted the request, but the pod is EXITED and still there",
    });
  });
});

it("an interruption tells whether RunPod was asked", async () => {
  const interruption = new AbortController();
  const account = accountShowing([runs]);
  const ending = (n: number) => ({
    ...account,
    look: (signal: AbortSignal) => {
      if (account.asked.length === n) interruption.abort();
      return account.look(signal);
    },
  });
  const clock = createHastyClock();
  const deps = { clock, protect: () => [], paces: realPaces, note: () => undefined };

  const asked = await endByHand(
    trainer,
    "stop",
    { ...deps, account: ending(2) },
    interruption.signal,
  );
  const before = await endByHand(trainer, "stop", { ...deps, account }, interruption.signal);

  expect(asked).toEqual({ kind: "interrupted", wasAsked: true });
  expect(before).toEqual({ kind: "interrupted", wasAsked: false });
});
