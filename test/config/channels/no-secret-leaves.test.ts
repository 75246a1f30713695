import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { realPaces } from "#paces.ts";
import { createRedactor, withoutSecrets } from "#redact.ts";
import { tempFolder } from "../../temp-folder.ts";

const apiKey = "rpa_0123456789ABCDEFGHIJ";
const thresholds = [{ name: "warning", below_usd: 10, prompt: "look" }];

/** What nothing may show, and the objects of the config that hold it: by key, each with its secret. */
interface Sample {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

const random = fc
  .stringMatching(/^[A-Za-z0-9_-]{7,40}$/)
  .map((text) => `${text.slice(0, 4)}7q${text.slice(4)}`);
/** With what URLs and JSON write otherwise. */
const odd = random.map((text) => `${text.slice(0, 5)}"&=/@${text.slice(5)}`);

const samples: readonly ((
  hidden: string,
  other: string,
) => Sample & { readonly shown: readonly string[] })[] = [
  (hidden, other) => ({
    entry: { type: "ntfy" },
    secrets: { url: `https://ntfy.sh/${encodeURIComponent(hidden)}`, token: plain(other) },
    shown: [hidden, plain(other)],
  }),
  ...["slack", "discord", "teams"].map((type) => (hidden: string, other: string) => ({
    entry: { type },
    secrets: {
      webhook_url: `https://hooks.host.example/a/${plain(other)}?sig=${encodeURIComponent(hidden)}`,
    },
    shown: [hidden, plain(other)],
  })),
  (hidden) => ({
    entry: { type: "telegram", chat_id: 5 },
    secrets: { bot_token: `123456:${plain(hidden)}` },
    shown: [plain(hidden)],
  }),
  (hidden, other) => ({
    entry: { type: "pushover" },
    secrets: { app_token: plain(hidden), user_key: plain(other) },
    shown: [plain(hidden), plain(other)],
  }),
  (hidden) => ({
    entry: { type: "gotify", url: "https://gotify.host.example" },
    secrets: { app_token: plain(hidden) },
    shown: [plain(hidden)],
  }),
  (hidden) => ({
    entry: { type: "email", to: ["a@b.org"] },
    secrets: { smtp_url: `smtps://me:${encodeURIComponent(hidden)}@mail.host.example` },
    shown: [hidden, encodeURIComponent(hidden), Buffer.from(hidden).toString("base64")],
  }),
  (hidden, other) => ({
    entry: { type: "webhook" },
    secrets: { url: `https://host.example/${plain(other)}`, secret: hidden },
    shown: [hidden, plain(other)],
  }),
];

function plain(text: string): string {
  return text.replaceAll(/[^\w-]/g, "");
}

const ways = fc.constantFrom("here", "env", "file");
/** What else is wrong with the object, beside nothing. */
const mistakes = fc.constantFrom<object>(
  {},
  {},
  {},
  { timeout_seconds: "soon" },
  { nmae: "x" },
  { events: ["trp"] },
  { quiet_hours: "night" },
);

it("no secret is in a fault, a warning, the policy, or what was redacted, however it is given", async () => {
  const folder = tempFolder();
  let files = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...samples),
      fc.tuple(fc.oneof(random, odd), random),
      fc.array(ways, { minLength: 2, maxLength: 2 }),
      mistakes,
      async (make, [hidden, other], way, mistake) => {
        fc.pre(!hidden.includes(plain(other)) && !plain(other).includes(hidden));
        const { entry, secrets, shown } = make(hidden, other);
        const env: Record<string, string> = { RUNPOD_API_KEY: apiKey, HOME: folder };
        const given = Object.entries(secrets).map(([key, text], n): [string, string] => {
          if (way[n] === "here") return [key, text];
          files += 1;
          if (way[n] === "env") {
            env[`SECRET_${files}`] = text;
            return [`${key}_env`, `SECRET_${files}`];
          }
          const file = join(folder, `secret-${files}`);
          writeFileSync(file, `${text}\n`, { mode: 0o644 });
          return [`${key}_file`, file];
        });
        const path = join(folder, "config.json");
        const notify = [{ ...entry, ...Object.fromEntries(given), ...mistake }];
        writeFileSync(path, JSON.stringify({ thresholds, notify }), { mode: 0o600 });

        const loaded = await loadConfig(path, env, realPaces).catch((error: Error) => error);

        const said = loaded instanceof Error ? [String(loaded)] : leaving(loaded, shown);
        for (const secret of shown) expect(said.join("\n")).not.toContain(secret);
        expect(loaded instanceof Error).toBe(Object.keys(mistake).length > 0);
      },
    ),
    { numRuns: 150 },
  );
});

/** All that may leave of these settings, and words of others that hold the secrets. */
function leaving(settings: Settings, shown: readonly string[]): readonly string[] {
  const redact = createRedactor(settings.secrets);
  const words = shown.flatMap((secret) => [secret, `a ${secret} b`, encodeURIComponent(secret)]);
  return [
    ...settings.warnings,
    JSON.stringify(policyOf(settings, realPaces)),
    JSON.stringify(withoutSecrets({ because: words, pods: [{ name: words[0] }] }, redact)),
    redact(JSON.stringify(words)),
    redact(JSON.stringify(settings.channels)),
  ];
}
