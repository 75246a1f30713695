import { describe, expect, it } from "vitest";
import { hiddenOf } from "#config/secrets/hiding.ts";
import type { SecretShape } from "#config/secrets/secret-shape.ts";
import { createRedactor } from "#redact.ts";

/** What is left of a text when the secret's parts are blanked out of it. */
function left(secret: string, shape: SecretShape, text: string): string {
  return createRedactor(hiddenOf(secret, shape).texts)(text);
}

const slack = "https://hooks.slack.com/services/T01ABCDEF/B02ABCDEF/x7k2y8z3w4v5";
const teams =
  "https://prod-12.logic.azure.com/workflows/0a1b2c3d4e5f/triggers/manual/paths/invoke?api-version=2016-06-01&sig=Zm9v-YmFy_x7k2";
const mail = "smtps://guard%40mail.example:p4ss%2Fword@smtp.mail.example:465";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("of a secret is blanked out", () => {
  it.each<[string, string, SecretShape, string, string]>([
    [
      "a topic in its address",
      "https://ntfy.sh/x7k2-alerts",
      "topic-url",
      "POST https://ntfy.sh/x7k2-alerts",
      "POST https://ntfy.sh[redacted]",
    ],
    [
      "a topic alone",
      "https://ntfy.sh/x7k2-alerts",
      "topic-url",
      '{"topic":"x7k2-alerts"}',
      '{"topic":"[redacted]"}',
    ],
    [
      "a topic as it is meant",
      "https://ntfy.sh/x7k2%20alerts",
      "topic-url",
      "x7k2 alerts",
      "[redacted]",
    ],
    [
      "a short topic, in its address only",
      "https://ntfy.sh/gpu",
      "topic-url",
      "https://ntfy.sh/gpu: gpu is busy",
      "https://[redacted]: gpu is busy",
    ],
    [
      "an ordinary topic, in its address only",
      "https://ntfy.sh/warning",
      "topic-url",
      "ntfy.sh/warning of warning",
      "[redacted] of warning",
    ],
    [
      "an ordinary topic of a long host, not at all: people need to read the host",
      "https://ntfy.mail.example/warning",
      "topic-url",
      "ntfy.mail.example/warning",
      "ntfy.mail.example/warning",
    ],
    [
      "an ordinary path of a webhook, not at all",
      "http://127.0.0.1:8080/hook",
      "webhook-url",
      "http://127.0.0.1:8080/hook",
      "http://127.0.0.1:8080/hook",
    ],
    [
      "a login in the address",
      "https://me:s3cret-pw@ntfy.sh/x7k2-alerts",
      "topic-url",
      `s3cret-pw ${base64("me:s3cret-pw")}`,
      "[redacted] [redacted]",
    ],
    [
      "a webhook's address, not its host",
      slack,
      "webhook-url",
      `no answer of hooks.slack.com: ${slack}`,
      "no answer of hooks.slack.com: https://hooks.slack.com[redacted]",
    ],
    [
      "a part of its path",
      slack,
      "webhook-url",
      "token x7k2y8z3w4v5, no service or services",
      "token [redacted], no service or services",
    ],
    [
      "its query",
      teams,
      "webhook-url",
      "sig Zm9v-YmFy_x7k2 of 0a1b2c3d4e5f by triggers",
      "sig [redacted] of [redacted] by triggers",
    ],
    [
      "a heartbeat's",
      "https://hc-ping.com/0b5f3c1e-1111-4222-8333-444455556666",
      "webhook-url",
      "GET /0b5f3c1e-1111-4222-8333-444455556666/fail",
      "GET [redacted]/fail",
    ],
    [
      "a bot's token, whole and its half",
      "123456:AAH-x7k2_y8",
      "bot-token",
      "/bot123456:AAH-x7k2_y8/ AAH-x7k2_y8",
      "/bot[redacted]/ [redacted]",
    ],
    [
      "a header's value, with its first word and without",
      "Bearer x7k2-y8z3",
      "header",
      "x7k2-y8z3",
      "[redacted]",
    ],
    ["a header's password", `Basic ${base64("me:s3cret-pw")}`, "header", "s3cret-pw", "[redacted]"],
    [
      "no ordinary header",
      "runpodboss",
      "header",
      "Run: runpodboss touch p1",
      "Run: runpodboss touch p1",
    ],
    [
      "a mail password, as it is written and as it is meant",
      mail,
      "smtp-url",
      "p4ss%2Fword p4ss/word",
      "[redacted] [redacted]",
    ],
    [
      "a mail login as SMTP sends it",
      mail,
      "smtp-url",
      base64("\0guard@mail.example\0p4ss/word"),
      "[redacted]",
    ],
    [
      "no host and no user of mail",
      mail,
      "smtp-url",
      "guard@mail.example at smtp.mail.example",
      "guard@mail.example at smtp.mail.example",
    ],
    [
      "an ordinary mail password, in its address only",
      "smtps://me:critical@smtp.example",
      "smtp-url",
      "smtps://me:critical@smtp.example is critical",
      "smtps://me[redacted]smtp.example is critical",
    ],
  ])("%s", (_sentence, secret, shape, text, expected) => {
    expect(left(secret, shape, text)).toBe(expected);
  });
});

/** What the state, the queue and people's commands are read by: blanking one out would break the guard. */
const ownWords = [
  "notify",
  "call-agent",
  "end-pod",
  "end-run",
  "settled",
  "recovered",
  "trouble",
  "warning",
  "critical",
  "emergency",
  "backstop",
  "hard_timeout",
  "stopped",
  "running",
  "terminate",
  "runpodboss",
  "unknown",
];

it.each(ownWords)("the word %s is no secret, wherever a person may have put it", (word) => {
  const shapes: readonly (readonly [string, SecretShape])[] = [
    [`https://ntfy.sh/${word}`, "topic-url"],
    [`https://host.example/${word}/?key=${word}`, "webhook-url"],
    [`smtps://me:${word}@host.example`, "smtp-url"],
    [word, "token"],
    [word, "signing"],
    [word, "header"],
    [`Bearer ${word}`, "header"],
    [`1:${word}`, "bot-token"],
  ];

  for (const [secret, shape] of shapes) expect(left(secret, shape, `"${word}"`)).toBe(`"${word}"`);
});
