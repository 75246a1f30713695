import { describe, expect, it } from "vitest";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { textsOf } from "#outside/account/kept-state.ts";
import { readBeat } from "#outside/beat/beat.ts";
import { beatOf, type Spoken } from "#outside/beat/beat-of.ts";
import { createBeatSender } from "#outside/beat/send-beat.ts";
import { isSignedBy, type Signed, signatureOf } from "#outside/beat/signature.ts";
import { silentFromMs } from "#outside/beat/silence.ts";
import { type Answer, type HttpRequest, TransportError } from "#requests/answer.ts";
import { at, blind, pod, policyWith, run, seen } from "../../guard/samples.ts";

const beatKey = "a-key-of-thirty-two-characters-or-more";
const minute = 60_000;

describe("a signature", () => {
  const signed: Signed = { kind: "beat", account: "main", count: 7, body: "{}" };

  it("of the same is that of who has the key", async () => {
    expect(await isSignedBy(beatKey, await signatureOf(beatKey, signed), signed)).toBe(true);
  });

  it.each<[string, Partial<Signed>]>([
    ["another kind", { kind: "forget" }],
    ["another account", { account: "main2" }],
    ["another count", { count: 8 }],
    ["another body", { body: "{ }" }],
    ["a count that stands in the account", { account: "main\n7", count: 7 }],
  ])("says nothing for %s", async (_sentence, changes) => {
    const signature = await signatureOf(beatKey, signed);

    expect(await isSignedBy(beatKey, signature, { ...signed, ...changes })).toBe(false);
  });

  it("by another key, in capitals, too long, or that is none, is refused", async () => {
    const right = await signatureOf(beatKey, signed);
    const given = [
      await signatureOf(`${beatKey}x`, signed),
      right.toUpperCase(),
      `${right}00`,
      right.slice(2),
      "",
    ];

    const taken = await Promise.all(given.map((each) => isSignedBy(beatKey, each, signed)));

    expect(taken).toEqual(given.map(() => false));
  });
});

it.each<[string, number, number]>([
  ["twice its pace, where that is more than ten minutes", 6 * minute, 12 * minute],
  ["ten minutes, where it polls every minute", minute, 10 * minute],
  ["ten minutes, where it says nothing of its pace", 0, 10 * minute],
  ["an hour at most, whatever it says", 1e12, 60 * minute],
])("a daemon counts as silent after %s", (_sentence, nextInMs, expected) => {
  expect(silentFromMs({ atMs: 5, nextInMs })).toBe(5 + expected);
});

describe("a beat", () => {
  const state: GuardState = {
    ...emptyState,
    runs: { p1: run() },
    lastSeen: seen({ balanceUsd: 7, burnPerHrUsd: 2 }),
    tookBackId: "new",
  };
  const spoken: Spoken = {
    host: "gpu-box",
    nowMs: at(5),
    nextInMs: minute,
    look: undefined,
    state,
    saved: { tookBackId: "old" },
    leases: null,
    orders: {
      policy: policyWith(),
      calendar: { budgets: [], schedules: [] },
      beforeStop: "none",
      isDry: false,
    },
    onSilence: "guard",
  };

  it.each<[string, Partial<Spoken>, object]>([
    [
      "before the first poll: what was seen last, by who is not blind",
      {},
      { isBlind: false, balanceUsd: 7, burnPerHrUsd: 2, pods: ["p1"] },
    ],
    [
      "of a poll that saw",
      { look: seen({ balanceUsd: 9, pods: [pod({ id: "a" }), pod({ id: "b" })] }) },
      { isBlind: false, balanceUsd: 9, burnPerHrUsd: 1.49, pods: ["a", "b"] },
    ],
    [
      "of a poll that had no list: the pods that are followed",
      { look: seen({ balanceUsd: 9, pods: "unknown" }) },
      { isBlind: false, balanceUsd: 9, pods: ["p1"] },
    ],
    [
      "of a poll that failed: what was seen last, and that it is blind",
      { look: blind() },
      { isBlind: true, balanceUsd: 7, burnPerHrUsd: 2, pods: ["p1"] },
    ],
    [
      "of a poll that failed in a process that has seen nothing yet",
      {
        look: blind(),
        state: { ...emptyState, blind: { sinceMs: 0, lastBalanceUsd: 3, lastBurnPerHrUsd: 1 } },
      },
      { isBlind: true, balanceUsd: 3, burnPerHrUsd: 1, pods: [] },
    ],
  ])("%s", (_sentence, changes, expected) => {
    expect(beatOf({ ...spoken, ...changes }).look).toMatchObject(expected);
  });

  it("says that its process has not polled yet, as long as it has not", () => {
    expect(beatOf(spoken).isStart).toBe(true);
    expect(beatOf({ ...spoken, look: blind() })).not.toHaveProperty("isStart");
  });

  it("is read as it was made, and acknowledges only what is on the disk", () => {
    const beat = beatOf(spoken);

    expect(readBeat(JSON.stringify(beat))).toEqual(JSON.parse(JSON.stringify(beat)));
    expect(beat.tookBack).toBe("old");
    expect(beatOf({ ...spoken, saved: {} })).not.toHaveProperty("tookBack");
  });

  it.each(["", "[]", "{", '{"version":1}', '{"version":2}'])("%j is none", (body) => {
    expect(readBeat(body)).toBeUndefined();
  });
});

describe("what sends beats", () => {
  const to = { url: "https://boss.example/", account: "main", beatKey };
  const never = new AbortController().signal;
  const beat = beatOf({
    host: "h",
    nowMs: 0,
    nextInMs: minute,
    look: undefined,
    state: emptyState,
    saved: emptyState,
    leases: null,
    orders: {
      policy: policyWith(),
      calendar: { budgets: [], schedules: [] },
      beforeStop: "none",
      isDry: false,
    },
    onSilence: "notify",
  });

  interface Asked {
    readonly url: string;
    readonly count: number;
  }

  /** Answers in turn, under a signature; the last one for good. */
  function sender(...answers: readonly (Partial<Answer> | Error)[]) {
    const asked: Asked[] = [];
    let nowMs = 100;
    const request: HttpRequest = async (url, { headers = {}, body = "" }) => {
      const count = Number(headers["x-runpodboss-count"]);
      const signed: Signed = { kind: "beat", account: "main", count, body };
      const signature = headers["x-runpodboss-signature"] ?? "";
      if (!(await isSignedBy(beatKey, signature, signed))) throw new Error("not signed");
      asked.push({ url: String(url), count });
      const answer = answers[Math.min(asked.length, answers.length) - 1] ?? {};
      if (answer instanceof Error) throw answer;
      const { text = "{}" } = answer;
      const answered = { ...signed, kind: "answer-beat", body: text } as const;
      return {
        status: 200,
        type: "application/json",
        text,
        headers: { "x-runpodboss-signature": await signatureOf(beatKey, answered) },
        ...answer,
      } as Answer;
    };
    const send = createBeatSender(request, () => nowMs);
    return { asked, send: () => send(beat, to, never), atMs: (ms: number) => void (nowMs = ms) };
  }

  const heard = { text: JSON.stringify({ kind: "heard" }) };

  it("asks by the account's address, each time with a higher count, also where the clock was set back", async () => {
    const { asked, send, atMs } = sender(heard);

    await send();
    atMs(50);
    await send();
    atMs(200);
    await send();

    expect(asked).toEqual(
      [100, 101, 200].map((count) => ({ url: "https://boss.example/beat/main", count })),
    );
  });

  it("goes on from the count that was heard last, once", async () => {
    const replayed = { status: 409, text: JSON.stringify({ kind: "replayed", count: 900 }) };
    const works = sender(replayed, heard);
    const never409 = sender(replayed);

    const [sent, failed] = [await works.send(), await never409.send()];

    expect(sent).toMatchObject({ kind: "heard" });
    expect(works.asked.map(({ count }) => count)).toEqual([100, 901]);
    expect(failed.kind).toBe("failed");
    expect(never409.asked).toHaveLength(2);
  });

  it.each<[string, Partial<Signed>, string]>([
    ["none", {}, ""],
    ["that of another key", {}, `${beatKey}x`],
    ["that of an answer before it", { count: 99 }, beatKey],
    ["that of what was asked", { kind: "beat" }, beatKey],
    ["that of another account", { account: "other" }, beatKey],
  ])(
    "believes no answer whose signature is %s: whoever stands on the way says nothing of what was done",
    async (_sentence, changes, key) => {
      const texts = textsOf({ ...emptyState, fired: { emergency: true } });
      const back = { id: "7", aheadMs: 0, base: texts, theirs: texts, channels: [], because: "" };
      const forged = await Promise.all(
        [
          { status: 200, text: JSON.stringify({ kind: "heard", back }) },
          { status: 409, text: JSON.stringify({ kind: "replayed", count: 2 ** 53 }) },
        ].map(async (answer) => {
          const right = { kind: "answer-beat", account: "main", count: 100 } as const;
          const signed = { ...right, body: answer.text, ...changes };
          const signature = key === "" ? undefined : await signatureOf(key, signed);
          return {
            ...answer,
            headers: { ...(signature && { "x-runpodboss-signature": signature }) },
          };
        }),
      );
      const because = "what answers there does not have the key of this account";

      const [taken, moved] = forged.map((answer) => sender(answer));

      expect(await taken?.send()).toEqual({ kind: "failed", because });
      expect(await moved?.send()).toEqual({ kind: "failed", because });
      expect(moved?.asked).toHaveLength(1);
    },
  );

  it.each<[string, Partial<Answer> | Error, string]>([
    [
      "is refused",
      { status: 403, text: '{"error":"the signature is not that of this account"}' },
      "it refuses: the signature is not that of this account (HTTP 403)",
    ],
    ["meets a page", { text: "<html>" }, "what answers there is no guard (HTTP 200)"],
    [
      "meets another server",
      { status: 404, text: "" },
      "what answers there is no guard (HTTP 404)",
    ],
    ["meets another JSON", { text: "[]" }, "what answers there is no guard"],
    ["has no connection", new TransportError("connection refused"), "connection refused"],
    ["meets a bug", new Error("boom"), "boom"],
  ])("one that %s says so", async (_sentence, answer, because) => {
    expect(await sender(answer).send()).toMatchObject({ kind: "failed", because });
  });

  it("what is handed over is read, or else it has failed: nothing of it is acknowledged", async () => {
    const texts = textsOf({ ...emptyState, fired: { warning: true } });
    const back = {
      id: "7-1",
      aheadMs: 0,
      base: textsOf(emptyState),
      theirs: texts,
      channels: ["phone"],
      because: "it guarded",
    };
    const answered = (given: object) => ({ text: JSON.stringify({ kind: "heard", back: given }) });

    const read = await sender(answered(back)).send();
    const torn = await sender(answered({ ...back, theirs: { ...texts, state: "{" } })).send();

    expect(read).toMatchObject({
      kind: "heard",
      back: { id: "7-1", theirs: { fired: { warning: true } }, base: { fired: {} } },
    });
    expect(torn).toEqual({ kind: "failed", because: "what it hands over cannot be read here" });
  });
});
