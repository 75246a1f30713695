import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { apiKey, at, guardWith, textOf, told, until } from "./guard.ts";

/** JavaScript that tells whether a program was given the key, and how it logs in elsewhere. */
const tellKey = `say({
  key: process.env.RUNPOD_API_KEY === undefined ? "none" : "given",
  copy: process.env.COPY_OF_KEY === undefined ? "none" : "given",
  login: process.env.ANTHROPIC_API_KEY ?? "none",
});`;

describe("RunPod's key reaches no program that does not need it", () => {
  it("the agent gets it, also when it came from a file; a notify command does not", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: tellKey, notify: tellKey });
    guard.write("key", apiKey);
    guard.configure({ api_key_file: join(guard.folder, "key") });

    const env = { RUNPOD_API_KEY: "", COPY_OF_KEY: `Bearer ${apiKey}`, ANTHROPIC_API_KEY: "a" };
    const watching = guard.start(["watch", "-c", guard.config, "--once"], env);
    await watching.ended;

    expect(guard.calls("agent")[0]?.told).toEqual({ key: "given", copy: "none", login: "a" });
    expect(guard.calls("notify")[0]?.told).toEqual({ key: "none", copy: "none", login: "none" });
  });

  it("a notify command whose config asks for it gets it", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, notify: tellKey });
    guard.configure({ claude_command: [], pass_api_key: true });

    await guard.start(["watch", "-c", guard.config, "--once"], { ANTHROPIC_API_KEY: "a" }).ended;

    expect(guard.calls("notify")[0]?.told).toEqual({ key: "given", copy: "none", login: "none" });
  });
});

describe("words that hold the key lose it where they enter", () => {
  it("an agent's, before they are told, saved and recorded", async (test) => {
    const guard = await guardWith(test, {
      balanceUsd: 9,
      agent: `console.log("the key is e2e-key-\\u200Bthat-nobody-else-has"); process.exit(3);`,
      notify: `say({ env: process.env.RUNPODBOSS_MESSAGE });`,
      config: { claude_attempts: 1, extra_notify_command: [] },
    });
    guard.configure({
      extra_notify_command: [...guard.program("notify", ""), "{message}", "{pods_json}"],
    });

    guard.watch();
    await until("the agent's end in the history", () =>
      textOf(join(guard.folder, "history.jsonl"))?.includes("exit 3"),
    );
    await told(guard, 2);

    const saved = ["history.jsonl", "state.json", "runs.json"].map((name) =>
      textOf(join(guard.folder, name)),
    );
    const said = JSON.stringify(guard.calls("notify"));
    expect(`${saved.join()}${said}`).not.toContain("that-nobody-else-has");
  });

  it("a pod's name with a hidden character in the key", async (test) => {
    const guard = await guardWith(test, {
      balanceUsd: 9,
      notify: "",
      pods: [{ id: "p1", name: `x-e2e-key-\u200Bthat-nobody-else-has`, costPerHrUsd: 1 }],
      config: { claude_command: [] },
    });
    guard.configure({ extra_notify_command: [...guard.program("notify", ""), "{pods_json}"] });

    guard.watch();
    await told(guard, 1);

    const runs = await until("the saved pods", () => {
      const text = guard.runs();
      return text?.includes("x-") ? text : undefined;
    });
    expect(runs).toContain("x-[redacted]");
    expect(JSON.stringify(guard.calls("notify"))).toContain("x-[redacted]");
  });
});

describe("what stands in the address of RunPod beside the address", () => {
  it.for(["check", "status"])("is not shown by %s", async (command, test) => {
    const guard = await guardWith(test);
    guard.configure(at("http://me:hunter2@127.0.0.1:9/api?token=tok"));

    const { stdout, stderr } = await guard.command(command);

    expect(`${stdout}${stderr}`).not.toMatch(/hunter2|=tok/);
    expect(`${stdout}${stderr}`).toMatch(/ECONNREFUSED/);
  });
});
