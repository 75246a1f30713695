import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startScript } from "../notify/mail/mail-service.ts";
import { echo, startService } from "../notify/services/service.ts";
import { guardWith, until } from "./guard.ts";

/** Each looks like nothing else. */
const secrets = {
  topic: "Zq9-topic-of-a-phone",
  token: "tk_Zq9TokenOfNtfy",
  slack: "T0Zq9Slack/B0Zq9/hook",
  discord: "Zq9-discord-token",
  teams: "Zq9TeamsSignature",
  bot: "AAH-Zq9-bot-token",
  app: "aZq9PushoverApp",
  user: "uZq9PushoverUser",
  gotify: "A.Zq9-gotify",
  mail: "Zq9/mail p@ss",
  hook: "Zq9-hook-path",
  header: "Zq9-header-value",
  signing: "Zq9 signing secret",
  beat: "Zq9-beat-uuid",
} as const;

it("a secret of a channel is nowhere, though every service fails and says it back", async (test) => {
  const { origin, got } = await startService(
    echo(400, (all) => ({ error: all, description: all })),
  );
  const login = Buffer.from(`\0me@mail.example\0${secrets.mail}`).toString("base64");
  const mail = await startScript("220 hi", {
    EHLO: "250-mail.example\r\n250 AUTH PLAIN",
    AUTH: `535 5.7.8 no: ${secrets.mail} ${login}`,
  });
  const all = Object.values(secrets);
  const guard = await guardWith(test, {
    balanceUsd: 9,
    notify: `#!/bin/sh\nenv >&2\nexit 3`,
    agent: `#!/bin/sh\nenv\nprintf '%s\\n' ${all.map((secret) => `'${secret}'`).join(" ")}\nexit 3`,
    pods: all.map((secret, n) => ({ id: `p${n}`, name: secret, costPerHrUsd: 1 })),
    config: {
      claude_attempts: 1,
      agent_permissions: "inherit",
      notify: [
        { type: "ntfy", url_env: "MY_TOPIC", token: secrets.token },
        { type: "slack", webhook_url: `${origin}/services/${secrets.slack}` },
        { type: "discord", webhook_url: `${origin}/api/webhooks/17/${secrets.discord}` },
        { type: "teams", webhook_url: `${origin}/workflows/1?sig=${secrets.teams}` },
        { type: "telegram", bot_token: `17:${secrets.bot}`, chat_id: 5, api_url: origin },
        { type: "pushover", app_token: secrets.app, user_key_env: "USER_KEY", api_url: origin },
        { type: "gotify", url: origin, app_token: secrets.gotify },
        {
          type: "email",
          smtp_url: `smtp://me%40mail.example:${encodeURIComponent(secrets.mail)}@127.0.0.1:${mail.port}`,
          to: ["ops@mail.example"],
        },
        {
          type: "webhook",
          url: `${origin}/${secrets.hook}`,
          headers: { Authorization_env: "HEADER" },
          secret: secrets.signing,
        },
      ],
      heartbeat: { url: `${origin}/ping/${secrets.beat}` },
    },
  });
  const env = {
    MY_TOPIC: `${origin}/${secrets.topic}`,
    USER_KEY: secrets.user,
    HEADER: `Bearer ${secrets.header}`,
    BESIDE: `tell ${origin}/${secrets.topic}`,
  };
  const said = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await guard.call([...args, "--config", guard.config], env).ended;
    return `${args.join(" ")}:\n${stdout}${stderr}`;
  };

  const watching = guard.call(["watch", "--config", guard.config], env);
  await until("the failure of every channel", () =>
    guard.state() !== undefined &&
    guard.saved().owed.filter((effect) => effect["failedBecause"] !== undefined).length > 9
      ? true
      : undefined,
  );
  const living = [await said("status"), await said("status", "--json")];
  watching.signal("SIGTERM");
  const { stdout, stderr } = await watching.ended;
  const after = [
    await said("check"),
    await said("history"),
    await said("history", "--json"),
    await said("notify", "test"),
    await said("drill", "warning", "--no-agent"),
  ];

  const files = readdirSync(guard.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "config.json")
    .filter(({ parentPath }) => !/\/(bin|calls)$/.test(parentPath))
    .map(({ parentPath, name }) => `${name}:\n${readFileSync(join(parentPath, name), "utf8")}`);
  const everything = [stdout, stderr, ...living, ...after, ...files].join("\n");
  const forms = all.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString("base64"),
  ]);
  expect([...forms, login].filter((form) => everything.includes(form))).toEqual([]);
  const calls = JSON.stringify([guard.calls("agent"), guard.calls("notify")]);
  expect(forms.filter((form) => calls.includes(form))).toEqual([]);
  // They have been sent where they belong.
  expect(JSON.stringify(got)).toContain(secrets.topic);
  expect(everything).toContain("[redacted]");
});
