import { describe, expect, it } from "vitest";
import { cleanName } from "#control-characters.ts";
import type { Look } from "#guard/model/account.ts";
import { isProtected } from "#guard/protect.ts";
import { discreet } from "#runpod/discreet.ts";

const apiKey = "key-that-looks-like-nothing-else";
const signal = new AbortController().signal;

function accountWith(look: Look) {
  return discreet(
    {
      look: () => Promise.resolve(look),
      measure: () => Promise.resolve({ kind: "unmeasured", atMs: 0, because: `no ${apiKey}` }),
      end: () => Promise.resolve({ kind: "failed", because: apiKey, isReadOnlyKey: false }),
    },
    apiKey,
  );
}

function seen(rawName: string): Look {
  return {
    kind: "seen",
    atMs: 0,
    balanceUsd: 5,
    burnPerHrUsd: 1,
    unreadablePods: 0,
    pods: [
      {
        id: "p1",
        name: cleanName(rawName),
        rawName,
        status: "running",
        word: "RUNNING",
        costPerHrUsd: 1,
        hasNetworkVolume: undefined,
        isLocked: false,
      },
    ],
  };
}

function podsOf(look: Look) {
  if (look.kind === "blind" || look.pods === "unknown") throw new Error("no pods");
  return look.pods;
}

describe("a pod's name, which anybody may give, brings no key in", () => {
  it.each([
    ["as it is", apiKey],
    ["with a hidden character in it", `key-that-\u200Blooks-like-nothing-else`],
    ["with a control character in it", `key-that-\u0007looks-like-nothing-else`],
    ["with one that turns the direction around", `key-that-\u202Elooks-like-nothing-else`],
  ])("%s", async (_sentence, rawName) => {
    const look = await accountWith(seen(rawName)).look(signal);

    expect(podsOf(look)[0]?.name).toBe("[redacted]");
  });

  it("and such a pod stays protected by its own name", async () => {
    const look = await accountWith(seen("bearer of-news")).look(signal);

    const [pod] = podsOf(look);

    expect(pod && isProtected(pod, ["bearer of-news"])).toBe(true);
  });
});

it("answers that repeat what was asked bring none in either", async () => {
  const blind = { kind: "blind", atMs: 0, cause: "bad-answer", because: `got ${apiKey}` } as const;
  const account = accountWith(blind);

  expect(await account.look(signal)).toMatchObject({ because: "got [redacted]" });
  expect(await account.measure(signal)).toMatchObject({ because: "no [redacted]" });
  expect(await account.end({ id: "p1" }, "stop", signal)).toMatchObject({ because: "[redacted]" });
});
