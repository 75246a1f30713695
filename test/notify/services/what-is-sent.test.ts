import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { version } from "#package.json";
import type { Message } from "#notify/message.ts";
import { whenWords } from "#notify/words/plain-text.ts";
import { webhookSchema } from "#notify/services/webhook-schema.ts";
import { type Got, sample, sendTo, startService } from "./service.ts";
import { documented } from "./services.ts";

/** What a service was sent of a message, and where. */
async function sentBy(type: string, message: Message = sample(), form = (url: string) => url) {
  const service = documented.find((each) => each.type === type);
  if (service === undefined) throw new Error(`no ${type}`);
  const { origin, got } = await startService(service.good);
  const settings = service.settings(form(origin));
  const sent = await sendTo(settings, message);
  expect(sent).toMatchObject({ kind: "sent" });
  return got[0] as Got;
}

function jsonOf(got: Got): Record<string, unknown> {
  expect(got.headers["content-type"]).toMatch(/^application\/json/);
  return JSON.parse(got.body) as Record<string, unknown>;
}

const inFifteen = whenWords(sample().next[0]?.atMs, sample().sentAtMs);
const text = [
  "Balance $9.19 is below $10.00",
  "Balance $9.19 · burning $6.65/h · about 1 h 23 min left",
  "• eval-sweep (e1) $1.49/h",
  "• t1 cost unknown",
  `Next: stop pod eval-sweep (e1)${inFifteen}`,
  "To keep it: runpodboss touch e1",
].join("\n");

describe("ntfy", () => {
  it("is sent JSON to the root of its server, where no title is too strange for a header", async () => {
    const got = await sentBy("ntfy");

    expect(got).toMatchObject({
      method: "POST",
      url: "/",
      headers: { authorization: "Bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" },
    });
    expect(jsonOf(got)).toEqual({
      topic: "Top1c-Secret",
      title: "Balance below warning ($10.00)",
      message: text,
      priority: 5,
      tags: ["rotating_light", "threshold-warning"],
      sequence_id: expect.stringMatching(/^[-_A-Za-z0-9]{1,64}$/),
    });
  });

  it.each([
    ["critical", false, 5, "rotating_light"],
    ["warning", false, 4, "warning"],
    ["info", false, 2, "information_source"],
    ["info", true, 2, "white_check_mark"],
  ] as const)("%s, over: %s", async (severity, isResolution, priority, tag) => {
    const json = jsonOf(await sentBy("ntfy", sample({ severity, isResolution })));

    expect(json).toMatchObject({ priority, tags: [tag, expect.any(String)] });
  });

  it("groups what is said of one incident; an alarm takes the place of none, as that would be silent", async () => {
    const all = await Promise.all([
      sentBy("ntfy", sample({ id: "a" })),
      sentBy("ntfy", sample({ id: "b" })),
      sentBy("ntfy", sample({ id: "b" })),
      sentBy("ntfy", sample({ id: "c", severity: "info" })),
      sentBy("ntfy", sample({ id: "d", severity: "info", isResolution: true })),
    ]);
    const [a, b, again, info, over] = all.map((got) => jsonOf(got));

    const keys = [a, b, info, over].map((each) => JSON.stringify(each?.["tags"]).split('","')[1]);
    expect(new Set(keys).size).toBe(1);
    expect(b?.["sequence_id"]).toBe(again?.["sequence_id"]);
    expect(a?.["sequence_id"]).not.toBe(b?.["sequence_id"]);
    expect(info?.["sequence_id"]).toBe(over?.["sequence_id"]);
  });

  it.each([
    ["https://ntfy.example/topic", "/", "topic"],
    ["a server below a path", "/push/", "topic"],
  ])("finds the topic at the end of the address: %s", async (_sentence, path, topic) => {
    const { origin, got } = await startService(documented[0]?.good ?? (() => undefined));
    const [first] = documented;
    const settings = first?.settings(origin);
    if (settings?.type !== "ntfy") throw new Error("not ntfy");

    await sendTo({ ...settings, url: `${origin}${path}${topic}`, token: undefined });

    expect(got[0]?.url).toBe(path);
    expect(got[0]?.headers.authorization).toBeUndefined();
    expect(jsonOf(got[0] as Got)).toMatchObject({ topic });
  });

  it("takes a name and a password in the address as a header", async () => {
    const got = await sentBy("ntfy", sample(), (url) => url.replace("//", "//me:p%40ss@"));

    // A token goes before them.
    expect(got.headers.authorization).toBe("Bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2");
  });
});

describe("slack", () => {
  it("is sent a title, and the rest beside a line of its colour", async () => {
    const got = await sentBy("slack");

    expect(got.url).toBe("/services/T0123ABCD/B0456EFGH/XyZsl4ckS3cretXyZ");
    expect(jsonOf(got)).toEqual({
      text: "🚨 Balance below warning ($10.00)",
      unfurl_links: false,
      unfurl_media: false,
      blocks: [section("🚨 *Balance below warning ($10.00)*")],
      attachments: [
        {
          color: "#d32f2f",
          fallback: "Balance below warning ($10.00)",
          blocks: [
            section(text.replace("runpodboss touch e1", "`runpodboss touch e1`")),
            {
              type: "context",
              elements: [{ type: "mrkdwn", text: "critical · threshold:warning", verbatim: true }],
            },
          ],
        },
      ],
    });
  });
});

function section(words: string) {
  return { type: "section", text: { type: "mrkdwn", text: words, verbatim: true } };
}

describe("discord", () => {
  it("is sent an embed that mentions nobody, and waits until it is saved", async () => {
    const got = await sentBy("discord");

    expect(got.url).toMatch(/\?wait=true$/);
    expect(jsonOf(got)).toEqual({
      embeds: [
        {
          title: "🚨 Balance below warning ($10.00)",
          description: expect.stringContaining("To keep it: `runpodboss touch e1`"),
          color: 0xd3_2f_2f,
          timestamp: "2026-11-26T03:12:00.000Z",
          footer: { text: "critical · threshold:warning" },
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it("is silent for what is only for information", async () => {
    const json = jsonOf(await sentBy("discord", sample({ severity: "info" })));

    expect(json["flags"]).toBe(4_096);
  });
});

describe("teams", () => {
  it("is sent an Adaptive Card whose text knows no markup", async () => {
    const json = jsonOf(await sentBy("teams"));

    expect(json).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            version: "1.4",
            body: [
              { type: "Container", style: "attention" },
              ...[...text.split("\n"), "critical · threshold:warning"].map((line) => ({
                type: "RichTextBlock",
                inlines: [{ type: "TextRun", text: line }],
              })),
            ],
          },
        },
      ],
    });
  });
});

describe("telegram", () => {
  it("is sent HTML, with the command to tap on", async () => {
    const got = await sentBy("telegram");

    expect(got.url).toBe("/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage");
    expect(jsonOf(got)).toEqual({
      chat_id: "-1001234567890",
      text: `🚨 <b>Balance below warning ($10.00)</b>\n${text.replace("runpodboss touch e1", "<code>runpodboss touch e1</code>")}\n#threshold_warning`,
      parse_mode: "HTML",
      disable_notification: false,
      link_preview_options: { is_disabled: true },
    });
  });

  it("is silent for what is only for information", async () => {
    const json = jsonOf(await sentBy("telegram", sample({ severity: "info" })));

    expect(json["disable_notification"]).toBe(true);
  });
});

describe("pushover", () => {
  it.each([
    ["critical", "1", "🚨"],
    ["warning", "0", "⚠️"],
    ["info", "-1", "ℹ️"],
  ] as const)("is sent a form: %s has priority %s", async (severity, priority, mark) => {
    const got = await sentBy("pushover", sample({ severity }));

    expect(got.url).toBe("/1/messages.json");
    expect(got.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(Object.fromEntries(new URLSearchParams(got.body))).toEqual({
      token: "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
      user: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
      title: `${mark} Balance below warning ($10.00)`,
      message: text,
      priority,
      timestamp: "1795662720",
    });
  });
});

describe("gotify", () => {
  it.each([
    ["critical", 8],
    ["warning", 5],
    ["info", 2],
  ] as const)(
    "is sent plain text below its path: %s has priority %s",
    async (severity, priority) => {
      const got = await sentBy("gotify", sample({ severity }));

      expect(got).toMatchObject({
        url: "/push/message",
        headers: { "x-gotify-key": "AKdxT.p4jVzuFLW" },
      });
      expect(jsonOf(got)).toMatchObject({
        title: expect.stringContaining("Balance below warning"),
        message: text,
        priority,
        extras: {
          "client::display": { contentType: "text/plain" },
          "runpodboss::notification": { id: sample().id, incident: "threshold:warning", severity },
        },
      });
    },
  );
});

describe("webhook", () => {
  it("is sent stable JSON", async () => {
    const got = await sentBy("webhook");

    expect(got.url).toBe("/hooks/4f1xQ9-hook?key=Qu3ryS3cret");
    expect(got.headers["authorization"]).toBe("Bearer h3ader-S3cret");
    expect(jsonOf(got)).toEqual({
      version: 1,
      id: "notify:trip:warning:1764126720000:0@phone",
      incident: "threshold:warning",
      status: "firing",
      event: "trip",
      severity: "critical",
      title: "Balance below warning ($10.00)",
      text: "Balance $9.19 is below $10.00",
      at: "2026-11-26T03:12:00.000Z",
      sent_at: "2026-11-26T03:12:01.000Z",
      seen_at: null,
      balance_usd: 9.19,
      burn_per_hour_usd: 6.65,
      hours_left: 1.382,
      threshold: { name: "warning", below_usd: 10 },
      pods: [
        { id: "e1", name: "eval-sweep", cost_per_hour_usd: 1.49 },
        { id: "t1", name: null, cost_per_hour_usd: null },
      ],
      pods_left_out: 0,
      next: [{ what: "stop pod eval-sweep (e1)", at: "2026-11-26T03:27:01.000Z" }],
      remedy: { words: "To keep it", command: "runpodboss touch e1" },
      buttons: [],
      sender: { name: "runpodboss", version },
    });
  });

  const unknown = sample({
    severity: "info",
    balanceUsd: undefined,
    burnPerHrUsd: undefined,
    hoursLeft: undefined,
    threshold: undefined,
    pods: Array.from({ length: 200 }, (_, at) => ({ id: `p${at}`, name: "x", costPerHrUsd: 1 })),
    next: [{ what: "call the agent" }, { what: "wait", atMs: Infinity }],
    remedy: { words: "add it to protect in the config" },
  });

  it.each([
    ["a trip", sample()],
    ["old numbers", sample({ seenAtMs: 1, hoursLeft: undefined })],
    ["what knows nothing, of many pods", unknown],
    ["what is over", sample({ isResolution: true, severity: "info", next: [], remedy: undefined })],
  ])("holds to the schema that is shipped: %s", async (_sentence, message) => {
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../../webhook.schema.json"), "utf8"),
    ) as object;
    const ajv = new Ajv2020({ strict: false });
    addFormats(ajv);
    const json = jsonOf(await sentBy("webhook", message));

    expect(ajv.validate(schema, json), JSON.stringify(ajv.errors)).toBe(true);
    expect(webhookSchema.parse(json)).toEqual(json);
  });

  it("names 100 pods and says how many it leaves out", async () => {
    const json = jsonOf(await sentBy("webhook", unknown));

    expect(json).toMatchObject({ status: "info", pods_left_out: 100 });
    expect(json["pods"]).toHaveLength(100);
  });

  it("is signed with its secret, over the time and the very bytes of the body", async () => {
    const { headers, body } = await sentBy("webhook", sample({ text: "Pod 😀 ü" }));
    const [, seconds, hex] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["x-runpodboss-signature"])) ?? [];

    expect(seconds).toBe("1795662721");
    expect(hex).toBe(
      createHmac("sha256", "s1gning-S3cret").update(`${seconds}.${body}`).digest("hex"),
    );
  });

  it.each([
    ["the id as it is", "notify:a:1@x", "notify:a:1@x"],
    [
      "one with letters of any kind",
      "notify:wärning 😀\n:1",
      "notify:w%C3%A4rning%20%F0%9F%98%80%0A:1",
    ],
    ["one with half a character", "a\uD800b", "a%EF%BF%BDb"],
  ])("says in a header what to leave out repeats by: %s", async (_sentence, id, expected) => {
    const first = await sentBy("webhook", sample({ id }));
    const again = await sentBy("webhook", sample({ id }));

    expect(first.headers["idempotency-key"]).toBe(expected);
    expect(again.headers["idempotency-key"]).toBe(expected);
  });

  it("sends a header of the config once, whatever its letters, and none in place of its own", async () => {
    const service = documented.find(({ type }) => type === "webhook");
    if (service === undefined) throw new Error("no webhook");
    const { origin, got } = await startService(service.good);
    const settings = service.settings(origin);
    if (settings.type !== "webhook") throw new Error("no webhook");
    const headers = { "USER-AGENT": "mine", "IDEMPOTENCY-KEY": "fixed", "Content-Type": "text/x" };

    await sendTo({ ...settings, headers, secret: undefined });

    expect(got[0]?.headers).toMatchObject({
      "user-agent": "mine",
      "idempotency-key": sample().id,
      "content-type": "text/x",
    });
    expect(got[0]?.headers["x-runpodboss-signature"]).toBeUndefined();
  });

  it.each([
    ["a header that holds a line end", { headers: { x: "a\r\nb" } }],
    ["a header without a name", { headers: { "": "a" } }],
    ["an address that is none", { url: "http://[::1" }],
  ])("cannot ever work with %s, and says so without it", async (_sentence, wrong) => {
    const settings = documented
      .find(({ type }) => type === "webhook")
      ?.settings("http://127.0.0.1:9");
    if (settings?.type !== "webhook") throw new Error("no webhook");

    expect(await sendTo({ ...settings, ...wrong })).toMatchObject({
      kind: "failed",
      isRefused: true,
    });
  });
});
