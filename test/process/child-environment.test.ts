import { describe, expect, it } from "vitest";
import { absoluteOnly, changesFor } from "#process/child-environment.ts";

const apiKey = "rpa_0123456789ABCDEFGHIJ";

/** What a program with this trust finds in its environment, of these variables. */
function seen(
  trust: "api-key" | "agent" | undefined,
  outer: Record<string, string>,
  apiKeyNames: readonly string[] = ["RUNPOD_API_KEY"],
): Record<string, string> {
  const { env, unsetEnv } = changesFor(trust, { outer, apiKey, apiKeyNames });
  const left = Object.entries(outer).filter(([name]) => !unsetEnv.includes(name));
  return { ...Object.fromEntries(left), ...env };
}

describe("a notify command, a probe or a hook does not get", () => {
  it.each<[string, Record<string, string>, readonly string[]]>([
    ["the API key", { RUNPOD_API_KEY: apiKey }, []],
    ["another key of RunPod's, while ours comes from a file", { RUNPOD_API_KEY: "rpa_other" }, []],
    ["the variable that api_key_env names", { MINE: "rpa_other" }, ["MINE"]],
    ["the key by a name that nobody told us", { COPY: apiKey, HEADER: `Bearer ${apiKey}` }, []],
    ["what Claude Code logs in with", { ANTHROPIC_API_KEY: "a", CLAUDE_CODE_OAUTH_TOKEN: "b" }, []],
    [
      "the service manager's ear",
      { NOTIFY_SOCKET: "/s", WATCHDOG_USEC: "1", WATCHDOG_PID: "2" },
      [],
    ],
  ])("%s", (_sentence, outer, names) => {
    expect(seen(undefined, { HOME: "/me", ...outer }, names)).toEqual({ HOME: "/me" });
  });

  it("the variables that hold secrets of channels, and neither does an agent", () => {
    const outer = { HOME: "/me", MY_TOPIC: "x7k2-my-alerts" };
    const secretNames = ["MY_TOPIC"];

    for (const trust of [undefined, "api-key", "agent"] as const) {
      expect(changesFor(trust, { outer, apiKey, apiKeyNames: [], secretNames }).unsetEnv).toContain(
        "MY_TOPIC",
      );
    }
  });

  it("and keeps the rest, its own secrets too", () => {
    const outer = { HOME: "/me", NTFY_TOKEN: "tk_1", HTTPS_PROXY: "http://me:pass@proxy" };

    expect(seen(undefined, outer)).toEqual(outer);
  });
});

describe("who is trusted gets", () => {
  const outer = { RUNPOD_API_KEY: "rpa_other", ANTHROPIC_API_KEY: "a", NOTIFY_SOCKET: "/s" };

  it("as the agent: our key, wherever it came from, and its login", () => {
    expect(seen("agent", outer)).toEqual({ RUNPOD_API_KEY: apiKey, ANTHROPIC_API_KEY: "a" });
  });

  it("by pass_api_key: our key alone", () => {
    expect(seen("api-key", outer)).toEqual({ RUNPOD_API_KEY: apiKey });
  });
});

describe("programs are looked for in no folder that depends on where we are", () => {
  it.each([
    ["/usr/bin:.:/bin", "/usr/bin:/bin"],
    ["/usr/bin::/bin:", "/usr/bin:/bin"],
    ["node_modules/.bin:../x:/bin", "/bin"],
    ["/bin", "/bin"],
    ["", ""],
  ])("%s", (path, expected) => {
    expect(absoluteOnly(path)).toBe(expected);
    expect(seen(undefined, { PATH: path })).toEqual({ PATH: expected });
  });
});
