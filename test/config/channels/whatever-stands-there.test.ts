import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import { readableNotify } from "#config/readable-notify.ts";
import { UserError } from "#errors.ts";
import { realPaces } from "#paces.ts";
import { tempFolder } from "../../temp-folder.ts";

const types = ["ntfy", "slack", "telegram", "pushover", "gotify", "email", "webhook", "x", 5, null];
const keys = [
  "name",
  "events",
  "quiet_hours",
  "timezone",
  "timeout_seconds",
  "url",
  "url_env",
  "url_file",
  "token",
  "webhook_url",
  "bot_token",
  "chat_id",
  "app_token",
  "user_key",
  "api_url",
  "smtp_url",
  "to",
  "from",
  "headers",
  "secret_env",
  "every_seconds",
  "at",
  "constructor",
];
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.webUrl(),
  fc.constantFrom(
    "smtp://a:b@c",
    "smtps://%zz@c",
    "http://",
    "::",
    "",
    "\u0000",
    "/dev/null",
    "/",
    "23:00-7:00",
  ),
);
const entry = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...keys), value))
      .map(([type, rest]) => ({ type, ...rest })),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

it("whatever stands in notify, heartbeat and brief is taken, or refused in words for people", async () => {
  const path = join(tempFolder(), "config.json");
  const env = { RUNPOD_API_KEY: "rpa_0123456789ABCDEFGHIJ", HOME: "/no-such-home" };
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 3 }),
      entry,
      entry,
      async (notify, heartbeat, brief) => {
        const thresholds = [{ name: "warning", below_usd: 10, prompt: "look" }];
        const text = JSON.stringify({ thresholds, notify, heartbeat, brief });
        writeFileSync(path, text, { mode: 0o600 });

        const loaded = await loadConfig(path, env, realPaces).catch((error: unknown) => error);
        readableNotify(text, "/c.json");

        expect(loaded instanceof Error && !(loaded instanceof UserError)).toBe(false);
      },
    ),
    { numRuns: 150 },
  );
});
