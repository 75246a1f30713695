import { describe, expect, it } from "vitest";
import { guardWith, hasPolled, type Json } from "../e2e/guard.ts";
import { agentWith, installRunpodboss } from "./claude.ts";
import type { Move } from "./stand-in-model.ts";

const config = {
  launch: { max_price_per_hr: 5, max_hours: 24, max_running: 4, max_starts_per_hour: 6 },
  guards: { lease: { max_hours: 24, action: "stop" } },
};
/** What Claude Code calls the tools of the plugin's server. */
const named = (name: string): string => `mcp__plugin_runpodboss_runpodboss__${name}`;
const tools = ["status", "gpus", "estimate", "start", "extend", "touch", "stop"];
const call = (name: string, input: Json = {}): Move => ({ tool: named(name), input });

/** A hook of Claude Code, in place of the person who is asked. */
const yes = {
  hookSpecificOutput: {
    hookEventName: "Elicitation",
    action: "accept",
    content: { confirm: true },
  },
};
const saysYes = {
  hooks: {
    Elicitation: [{ hooks: [{ type: "command", command: `echo '${JSON.stringify(yes)}'` }] }],
  },
};

describe.concurrent("Claude Code and the tools of the server", () => {
  it("has all of them, and takes a pod from its quote to its end", async (test) => {
    const guard = await guardWith(test, { nowMs: Date.now, config });
    installRunpodboss(guard);
    guard.watch();
    await hasPolled(guard);
    let pod = "";
    const heard: string[] = [];

    const { result } = await agentWith(
      test,
      guard,
      [
        ({ tools: known }) => {
          heard.push(...known);
          return call("estimate", { gpu: "4090", hours: 1, name: "trainer" });
        },
        ({ result: { text } }) => {
          const { quote } = JSON.parse(text) as { quote: { id: string } };
          return call("start", { quote: quote.id, image: "some/image", name: "trainer" });
        },
        ({ result: { text } }) => {
          pod = /trainer-rb[a-z2-7]{8}/.exec(text)?.[0] ?? "";
          return call("extend", { pod, hours: 1 });
        },
        () => call("stop", { pod }),
        ({ result: { text, isError } }) => ({ say: `${String(isError)} ${text}` }),
      ],
      { allowed: tools.map(named), args: ["--settings", JSON.stringify(saysYes)] },
    );

    expect(heard).toEqual(expect.arrayContaining(tools.map(named)));
    expect(result).toContain("false ");
    expect(result).toContain(pod);
    const pods = guard.simulator.account.pods().map(({ name, status }) => [name, status]);
    expect(pods).toEqual([[pod, "EXITED"]]);
    const { stdout } = await guard.command("history", "--json");
    expect(stdout).toMatch(/started by an agent, claude-code/);
  });

  it("is refused in words, and can go on", async (test) => {
    const guard = await guardWith(test, { nowMs: Date.now, config });
    installRunpodboss(guard);

    const { result } = await agentWith(
      test,
      guard,
      [
        () => call("stop", { pod: "nobody" }),
        ({ result: { text, isError } }) => ({ say: `${String(isError)} ${text}` }),
      ],
      { allowed: tools.map(named) },
    );

    expect(result).toMatch(/^true .*There is no pod "nobody"\./s);
  });

  it("hears why an account cannot be seen, beside what is known", async (test) => {
    const guard = await guardWith(test, { nowMs: Date.now, config });
    installRunpodboss(guard);
    guard.configure({ runpod_url: "http://127.0.0.1:9/", rest_url: "http://127.0.0.1:9/" });

    const { result } = await agentWith(
      test,
      guard,
      [
        () => call("status"),
        ({ result: { text, isError } }) => ({ say: `${String(isError)} ${text}` }),
      ],
      { allowed: tools.map(named) },
    );

    expect(result).toMatch(/^true .*RunPod could not be reached at .*"balance_usd":null/s);
  });

  it("starts nothing where nobody is there to be asked", async (test) => {
    const guard = await guardWith(test, { nowMs: Date.now, config });
    installRunpodboss(guard);
    guard.watch();
    await hasPolled(guard);

    const { result } = await agentWith(
      test,
      guard,
      [
        () => call("estimate", { gpu: "4090", hours: 1 }),
        ({ result: { text } }) => {
          const { quote } = JSON.parse(text) as { quote: { id: string } };
          return call("start", { quote: quote.id, image: "some/image" });
        },
        ({ result: { text, isError } }) => ({ say: `${String(isError)} ${text}` }),
      ],
      { allowed: tools.map(named) },
    );

    expect(result).toMatch(/^true .*Not started: the person who was asked gave no answer\./s);
    expect(guard.simulator.account.pods()).toEqual([]);
  });
});
