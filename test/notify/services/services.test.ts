import { describe, expect, it } from "vitest";
import type { Sent } from "#notify/channel.ts";
import {
  answer,
  type Answering,
  bodyOf,
  channelOf,
  echo,
  endless,
  half,
  page,
  redirect,
  sample,
  sendTo,
  silence,
  startService,
} from "./service.ts";
import { documented } from "./services.ts";

const soonMs = 60;

describe.each(documented)("$type", (service) => {
  const { settings, good, refusals, tooMany, secrets, wrap, isByStatus = false } = service;

  async function sentTo(answering: Answering, timeLimitMs = 10_000): Promise<Sent> {
    const { origin } = await startService(answering);
    return sendTo({ ...settings(origin), timeLimitMs });
  }

  it("takes a message", async () => {
    const { origin, got } = await startService(good);

    expect(await sendTo(settings(origin))).toMatchObject({
      kind: "sent",
      answer: expect.stringMatching(/^HTTP 20\d/),
    });
    expect(got).toHaveLength(1);
  });

  it("refuses for good", async () => {
    for (const [answering, words] of refusals) {
      expect(await sentTo(answering)).toMatchObject({
        kind: "failed",
        because: expect.stringMatching(words),
        isRefused: true,
      });
    }
  });

  it("asks to be left alone for a while, which is no refusal", async () => {
    expect(await sentTo(tooMany)).toMatchObject({
      kind: "failed",
      because: expect.stringMatching(/^HTTP 429/),
      waitMs: 7_000,
      isRefused: false,
    });
  });

  it.each<[string, Answering, RegExp, boolean]>([
    ["is broken", page(500), /^HTTP 500$/, false],
    ["is down for a while", answer(503, "", { "retry-after": "30" }), /^HTTP 503$/, false],
    ["has moved for good", redirect(301), /^HTTP 301: it has moved/, true],
    [
      "sends elsewhere, as a hotel's network does",
      redirect(302),
      /^HTTP 302: it sends on, which is not followed$/,
      false,
    ],
  ])("%s", async (_sentence, answering, because, isRefused) => {
    const sent = await sentTo(answering);

    expect(sent).toMatchObject({
      kind: "failed",
      because: expect.stringMatching(because),
      isRefused,
    });
  });

  it("follows no redirect: what it sends goes nowhere else", async () => {
    const { origin, got } = await startService(redirect(307));

    await sendTo(settings(origin));

    expect(got).toHaveLength(1);
  });

  it("hangs, and is given up at the time limit", async () => {
    expect(await sentTo(silence, soonMs)).toEqual({
      kind: "failed",
      because: "no complete answer within 0.06 s",
      isRefused: false,
    });
  });

  it.each([
    ["without end, of which little is read", endless],
    ["and breaks off in the middle", half],
  ])("answers %s: sent where the status alone says so", async (_sentence, answering) => {
    const { kind } = await sentTo(answering);

    expect(kind).toBe(isByStatus ? "sent" : "failed");
  });

  it.each<[string, Answering]>([
    ["a page where JSON is documented", page(200)],
    ["nothing at all", answer(200, "")],
    ["JSON of something else", answer(200, { hello: "world" })],
    ["a list", answer(200, [])],
    ["null", answer(200, "null")],
  ])("counts as sent only what it documents as such: %s", async (_sentence, answering) => {
    expect(await sentTo(answering)).toMatchObject(
      isByStatus ? { kind: "sent" } : { kind: "failed", isRefused: false },
    );
  });

  it("is not there", async () => {
    expect(await sendTo(settings("http://127.0.0.1:9"))).toMatchObject({
      kind: "failed",
      isRefused: false,
    });
  });

  it("is interrupted", async () => {
    const { origin } = await startService(silence);
    const interrupting = new AbortController();

    const sending = channelOf(settings(origin)).send(sample(), interrupting.signal);
    interrupting.abort();

    expect(await sending).toEqual({ kind: "interrupted" });
  });

  it("has its secrets in no result, also where it repeats all that it was sent", async () => {
    const answerings = [
      good,
      tooMany,
      page(200),
      half,
      ...refusals.map(([refusal]) => refusal),
      ...[200, 400, 401, 404, 429, 500].flatMap((status) => [
        echo(status, wrap),
        echo(status, String),
      ]),
    ];
    const results = await Promise.all(answerings.map((each) => sentTo(each)));
    const probed = await Promise.all(
      answerings.map(async (each) => {
        const { origin } = await startService(each);
        return channelOf(settings(origin)).probe(new AbortController().signal);
      }),
    );
    const nobody = await sendTo(settings("http://127.0.0.1:9"));

    const shown = JSON.stringify([...results, ...probed, nobody]);

    for (const secret of secrets) {
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(encodeURIComponent(secret));
    }
  });

  it("leaves no piece of a secret where long words are cut", async () => {
    const answerings = secrets.flatMap((secret) =>
      [182, 187, 192].map((length) => answer(400, wrap(`${"x".repeat(length)}${secret} and more`))),
    );

    const shown = JSON.stringify(await Promise.all(answerings.map((each) => sentTo(each))));

    for (const secret of secrets) expect(shown).not.toContain(secret.slice(0, 6));
  });

  it.each([
    [
      "names a pod in every markup",
      "*b* _i_ ~s~ `c` <b>&amp;</b> [a](http://x) <http://x|y> </script>",
    ],
    ["calls everyone", "@everyone @here <!channel> <!here> <@U1> <@&1> @[x](y)"],
    ["writes backwards", "\u202Eevil\u202C \u200F\u2066x"],
    ["has half a character", "\uD800x\uDC00"],
    ["has a NUL and line ends", "a\u0000b\r\nc\u2028d"],
  ])("is told of a pod that %s", async (_sentence, name) => {
    const { origin, got } = await startService(good);
    const pods = Array.from({ length: 200 }, (_, at) => ({ id: `p${at}`, name, costPerHrUsd: 1 }));
    const text = `pod ${name} `.repeat(20);

    const sent = await sendTo(settings(origin), sample({ pods, text, title: name }));

    expect(sent.kind).toBe("sent");
    const body = bodyOf(got[0]);
    expect(body).toBe(body.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, ""));
    expect(body).not.toMatch(/\\u(?:0000|202e|2066|d8|dc)/i);
  });

  it("is sent a text of 1 MB cut to what it takes", async () => {
    const { origin, got } = await startService(good);

    const sent = await sendTo(settings(origin), sample({ text: "👩‍👩‍👧‍👦 & ".repeat(80_000) }));

    expect(sent.kind).toBe("sent");
    expect(Buffer.byteLength(got[0]?.body ?? "")).toBeLessThan(60_000);
    expect(bodyOf(got[0])).toContain("…");
    expect(bodyOf(got[0])).toContain("9.19");
  });
});
