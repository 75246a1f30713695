import { describe, expect, it } from "vitest";
import type { Blind, Look, Measured } from "#guard/model/account.ts";
import { mayShowIdle } from "#guard/pods/rules/load.ts";
import type { Account } from "#ports.ts";
import { rehearse } from "#runpod/auto/rehearse.ts";
import { at, pod, sampleAt, seen } from "../../guard/samples.ts";

const signal = new AbortController().signal;
const look = seen({ balanceUsd: 10, burnPerHrUsd: 1 });
const loads: Measured = { kind: "measured", atMs: at(0), samples: [sampleAt(0)] };
const none: Measured = { kind: "unmeasured", atMs: 0, because: "too slow" };
const blind: Blind = { kind: "blind", atMs: 0, cause: "unreachable", because: "no answer" };

function face(looks: readonly Look[], measured: Measured = loads) {
  let n = 0;
  const account: Account = {
    look: () => Promise.resolve(looks[Math.min(n++, looks.length - 1)] ?? blind),
    measure: () => Promise.resolve(measured),
    end({ id }) {
      if (id !== "runpodboss-rehearsal") throw new Error("a rehearsal ends nothing");
      const because = "HTTP 404: no such pod";
      return Promise.resolve({ kind: "failed", because, isReadOnlyKey: false });
    },
  };
  return account;
}

async function outcome(graphql: Account, rest: Account, over = signal) {
  return rehearse({ graphql, rest }, { mayShowIdle, isDry: false }, over);
}

describe("a rehearsal", () => {
  it("works when REST shows the same, and a load", async () => {
    expect(await outcome(face([look]), face([look]))).toEqual({ kind: "worked" });
  });

  it("fails with what the key lacks, and what to do", async () => {
    const noScope: Blind = {
      ...blind,
      cause: "key-refused",
      because: "HTTP 403 (the API key needs billing:read)",
    };

    expect(await outcome(face([look]), face([noScope]))).toMatchObject({
      kind: "failed",
      because:
        "REST v2 does not see the account (HTTP 403 (the API key needs billing:read)); make an API key with what this one lacks, in RunPod's console under Settings, API Keys",
    });
  });

  it.each<[string, Look, string]>([
    ["where REST is not reached", blind, "https://uptime.runpod.io shows RunPod's state"],
    [
      "where only its pods are not seen",
      { ...look, pods: "unknown", podsBecause: "HTTP 403: the scope pods:read" },
      "if this names a scope, make an API key that has it",
    ],
  ])("fails with what to do %s", async (_sentence, rest, advice) => {
    expect(await outcome(face([look]), face([rest]))).toMatchObject({
      because: expect.stringContaining(advice),
    });
  });

  it("tells how the account is billed, whether it works or not", async () => {
    const postpaid = { billingMode: "POSTPAID" } as const;

    expect(await outcome(face([look]), face([{ ...look, ...postpaid }]))).toEqual({
      kind: "worked",
      ...postpaid,
    });
    expect(
      await outcome(face([look]), face([{ ...look, ...postpaid, balanceUsd: 3 }])),
    ).toMatchObject({ kind: "failed", reason: "differs", ...postpaid });
  });

  it("fails with both balances", async () => {
    expect(await outcome(face([look]), face([{ ...look, balanceUsd: 3 }]))).toMatchObject({
      kind: "failed",
      because:
        "REST v2 shows a balance of $3.00, GraphQL $10.00; compare both with RunPod's console",
    });
  });

  it("asks GraphQL again before another pod counts as a difference", async () => {
    const two = seen({ balanceUsd: 10, burnPerHrUsd: 1, pods: [pod(), pod({ id: "p2" })] });

    expect(await outcome(face([look, two]), face([two]))).toEqual({ kind: "worked" });
    expect(await outcome(face([look, look]), face([two]))).toMatchObject({ kind: "failed" });
  });

  it("says nothing where GraphQL does not see, at first or when asked again", async () => {
    expect(await outcome(face([blind]), face([look]))).toBeUndefined();
    expect(await outcome(face([look, blind]), face([{ ...look, balanceUsd: 3 }]))).toBeUndefined();
  });

  it("fails without any load, where GraphQL has one", async () => {
    expect(await outcome(face([look]), face([look], none))).toMatchObject({
      kind: "failed",
      because:
        "REST v2 gives no load by which these could count as idle (too slow): trainer (p1); see RunPod's console",
    });
    expect(await outcome(face([look]), face([look], { ...loads, samples: [] }))).toMatchObject({
      because: expect.stringContaining(
        "REST v2 gives no load by which these could count as idle: trainer (p1)",
      ),
    });
  });

  it("needs no load where GraphQL has none either, or no pod runs", async () => {
    const idle = seen({ balanceUsd: 10, pods: [] });

    expect(await outcome(face([look], none), face([look], none))).toEqual({ kind: "worked" });
    expect(await outcome(face([idle]), face([idle], none))).toEqual({ kind: "worked" });
  });

  it("that is interrupted says nothing", async () => {
    expect(await outcome(face([look]), face([blind]), AbortSignal.abort())).toBeUndefined();
  });
});
