import { expect, it } from "vitest";
import { findChannels } from "#config/channels/channel-settings.ts";

const notify = [
  { type: "ntfy", url: "https://ntfy.example.com/production-llm-alerts" },
  { type: "ntfy", name: "b", url: "https://ntfy.example.com/Zq9xLm2vTT71" },
  { type: "slack", webhook_url: "https://hooks.slack.com/services/T0AB/B0CD/h7Hq2xLm9PqRs4TuVwXy" },
  { type: "telegram", bot_token: "123456789:AAFq7Hq2xLm9PqRs4TuVwXyZ01234567", chat_id: "1" },
  { type: "email", smtp_url: "smtps://me:hunter2-x9@mail.example.com:465", to: ["me@a.example"] },
  {
    type: "webhook",
    url: "https://a.example/hook?token=Qw7eRt9yUi1oPp",
    headers: { "X-Key": "k3y-8Fh2-zz", "X-Team": "research" },
  },
];

it.each<[string, string, string, boolean]>([
  ["the password of smtp_url", "SMTP_PASSWORD", "hunter2-x9", true],
  ["a line with that in it is no copy", "ABOUT", "about hunter2-x9 and more", false],
  ["a topic at random", "NTFY_TOPIC", "Zq9xLm2vTT71", true],
  ["the same in an address", "NTFY", "https://other.example/Zq9xLm2vTT71?x=1", true],
  ["a topic made of words", "TOPIC", "production-llm-alerts", true],
  ["but not a name with that in it", "PROJECT", "production-llm-alerts-2", false],
  ["nor a part of it", "PROJECT", "production-llm", false],
  ["the path of a webhook", "SLACK_PATH", "T0AB/B0CD/h7Hq2xLm9PqRs4TuVwXy", true],
  ["the half of a bot's token", "BOT", "AAFq7Hq2xLm9PqRs4TuVwXyZ01234567", true],
  ["a query's token", "HOOK_TOKEN", "Qw7eRt9yUi1oPp", true],
  ["a short header", "X_KEY", "k3y-8Fh2-zz", true],
  ["an ordinary word", "TEAM", "research", false],
  ["the whole address", "SLACK", notify[2]?.webhook_url ?? "", true],
  ["a host", "HOST", "hooks.slack.com", false],
  ["nothing", "EMPTY", "", false],
  ["what no program can do without", "HOME", "/home/Zq9xLm2vTT71", false],
])(
  "a copy of a secret, or of its part, by another name reaches no program: %s",
  async (_sentence, name, value, isWithheld) => {
    const { variables, faults } = await findChannels({ notify }, { [name]: value });

    expect(faults).toEqual([]);
    expect(variables).toEqual(isWithheld ? [name] : []);
  },
);
