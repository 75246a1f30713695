import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isAlive } from "../process/programs.ts";
import {
  guardWith,
  heardBy,
  linesOf,
  looksOf,
  pollMs,
  textIn,
  textOf,
  until,
  failing,
  staying,
} from "./guard.ts";

/** A grandchild that outlives everything but SIGKILL, or, in `ends`, SIGTERM. */
const grandchild = (ends: boolean) => `
const child = spawn(process.execPath, ["-e", ${JSON.stringify(
  `${ends ? "" : `process.on("SIGTERM", () => {});`} console.log("up"); setTimeout(() => {}, 60_000)`,
)}]);
child.stdout.once("data", () => { console.log("still at it"); say({ child: child.pid }); });
stay();`;
const stubborn = `process.on("SIGTERM", () => {});`;

const working = { id: "a1", name: "trainer", costPerHrUsd: 1 };

describe.concurrent("an agent that fails is logged, told, and owed again:", () => {
  it.for<[string, string, string, RegExp, string]>([
    [
      "exit 3, with the tail of both outputs",
      "",
      `console.log("tried"); console.error("no luck"); process.exitCode = 3;`,
      /^exit 3 after \d+\.\d s: (?:tried|no luck)$/,
      "tried\nno luck\n",
    ],
    ["ended by a signal", "", `process.kill(process.pid, "SIGKILL")`, /^ended by SIGKILL$/, ""],
    [
      "a program that is not there",
      "no-such-agent",
      "",
      /^"no-such-agent" was not found on PATH$/,
      "",
    ],
    ["a path that is not there", "/no/such/agent", "", /^"\/no\/such\/agent" does not exist$/, ""],
  ])("%s", async ([_sentence, program, body, because, tail], test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: body, notify: "" });
    if (program !== "") guard.configure({ claude_command: [program, "-p"] });

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(1);
    const failed = linesOf(lines, "agent failed");
    expect(failed).toMatchObject([
      { level: "error", threshold: "warning", because: expect.stringMatching(because) },
    ]);
    // Two streams: which came first is the system's to say.
    expect(textIn(failed[0], "tail").split("\n").toSorted()).toEqual(tail.split("\n").toSorted());
    const told = `warning: agent failed (try 1 of 3): ${textIn(failed[0], "because")}`;
    // That a program is missing is told at the start, too.
    const ofTheTrip = heardBy(guard).filter((each) => !each.startsWith("trouble: "));
    expect(ofTheTrip.toSorted()).toEqual(["warning", told]);
    expect(guard.saved()).toMatchObject({
      fired: { warning: true },
      owed: [{ kind: "call-agent", threshold: "warning", tries: 1 }],
    });
  });

  it("only the last 4,000 characters of what it printed are kept", async (test) => {
    const body = `process.stdout.write("x".repeat(1_000_000) + "the end"); process.exitCode = 1;`;
    const guard = await guardWith(test, { balanceUsd: 9, agent: body });

    const { lines } = await guard.watch("--once").ended;

    const tail = textIn(linesOf(lines, "agent failed")[0], "tail");
    expect(tail).toMatch(/^x+the end$/);
    expect(tail.length).toBeLessThanOrEqual(4_000);
  });

  it("and a failing notify command keeps no agent from its work", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, notify: failing(1) });

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(1);
    expect(linesOf(lines, "notify command failed")).toMatchObject([{ level: "error" }]);
    expect(linesOf(lines, "agent done")).toHaveLength(1);
  });

  it("and a missing notify command keeps no agent from its work", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    guard.configure({ extra_notify_command: ["no-such-notify"] });

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(1);
    const failed = linesOf(lines, "notify command failed");
    expect(failed.filter(({ event }) => event === "trip")).toHaveLength(1);
    expect(linesOf(lines, "agent done")).toHaveLength(1);
  });

  it("and looking goes on, and with the next look it is called again", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: failing(1), pods: [working] });
    const running = guard.watch();

    await running.said("agent failed", { try: 1, again: true });
    await running.said("agent failed", { try: 2, again: true });
    running.signal("SIGTERM");
    await running.ended;

    expect(guard.calls("agent")).toHaveLength(2);
    const said = running.lines.map(({ msg }) => msg);
    const [first, second] = [said.indexOf("agent failed"), said.lastIndexOf("agent failed")];
    expect(said.slice(first, second)).toContain("polled");
  });
});

describe.concurrent("an agent over its time limit is ended with all that it started", () => {
  it.for<[string, string]>([
    ["with SIGTERM, when that is enough", ""],
    ["with SIGKILL, when they ignore SIGTERM", "trap '' TERM\n"],
  ])("%s", async ([_sentence, trap], test) => {
    const guard = await guardWith(test, { balanceUsd: 9, config: { claude_timeout_seconds: 3 } });
    // Shells start within the limit on any machine.
    const script = `${trap}sleep 600 & echo "$$ $!" > "$0.pids"; echo still at it; wait`;
    guard.write("agent.sh", script);
    guard.configure({ claude_command: ["/bin/sh", join(guard.folder, "agent.sh")] });

    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(1);
    expect(linesOf(lines, "agent failed")).toMatchObject([
      {
        because: "timed out after 3.0 s; killed with everything it started: still at it",
        tail: "still at it\n",
      },
    ]);
    const pids = textOf(join(guard.folder, "agent.sh.pids"))?.trim().split(" ").map(Number);
    expect(pids?.map(isAlive)).toEqual([false, false]);
    expect(guard.saved()).toMatchObject({ owed: [{ kind: "call-agent", tries: 1 }] });
  });
});

/** The guard's last word, which is not said when its shutdown is cut off. */
const lastWord = { msg: "daemon stopped", because: "interrupted" };

describe.concurrent("SIGTERM ends the watch with 130 and its last word", () => {
  it.for<[string, string]>([
    ["and an agent with its grandchild", grandchild(true)],
    ["and both when they ignore SIGTERM", stubborn + grandchild(false)],
  ])("%s; what they did is owed, and done at the next start", async ([_sentence, agent], test) => {
    const notify = stubborn + grandchild(false);
    const guard = await guardWith(test, { balanceUsd: 9, agent, notify });
    const running = guard.watchApart();
    const calls = [await guard.called("agent"), await guard.called("notify")];
    const children = [await guard.childOf("agent"), await guard.childOf("notify")];

    running.signal("SIGTERM");
    const { by, lines } = await running.ended;

    expect(by).toBe(130);
    expect(lines.at(-1)).toMatchObject(lastWord);
    expect([...calls.map(({ pid }) => pid), ...children].map(isAlive)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(guard.saved()).toMatchObject({
      fired: { warning: true },
      owed: [{ kind: "notify" }, { kind: "call-agent", threshold: "warning" }],
    });

    guard.program("agent", "");
    guard.program("notify", "");
    expect(await guard.watch("--once").ended).toMatchObject({ by: 0 });

    expect(guard.calls("agent").map(({ args }) => args)).toEqual([["warning"], ["warning"]]);
    expect(guard.calls("notify")).toHaveLength(2);
    expect(guard.saved()).toMatchObject({ owed: [] });
  });

  it.for<[string, NodeJS.Signals, string[]]>([
    ["between two looks", "SIGTERM", []],
    ["as SIGINT does", "SIGINT", []],
    ["of which it was to do one only", "SIGTERM", ["--once"]],
  ])("%s", async ([_sentence, signal, args], test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: staying });
    const running = guard.watchApart(...args);
    await running.said("polled");
    await guard.called("agent");

    running.signal(signal);
    const { by, lines } = await running.ended;

    expect(by).toBe(130);
    expect(lines.at(-1)).toMatchObject(lastWord);
  });

  it("in the midst of a look that nobody answers", async (test) => {
    const guard = await guardWith(test);
    writeFileSync(guard.stateFile, JSON.stringify({ fired: { warning: true } }));
    guard.simulator.failAll("silence");
    const running = guard.watchApart();
    await until("a look", () => guard.simulator.requests === 1);

    running.signal("SIGTERM");
    const { by, lines } = await running.ended;

    expect(by).toBe(130);
    expect(lines.at(-1)).toMatchObject(lastWord);
    expect(lines.filter(({ level }) => level !== "info")).toEqual([]);
    const saved = guard.saved();
    expect(saved).toMatchObject({ fired: { warning: true }, owed: [], runs: [] });
    expect(saved).not.toHaveProperty("lookedAtMs");
  });

  it("or, where something holds that up, with 130 all the same, and says that it did not wait", async (test) => {
    const programEnd = { termGraceMs: 600_000, abortGraceMs: 600_000 };
    const guard = await guardWith(test, {
      balanceUsd: 9,
      agent: `${stubborn} say({ isDeaf: true }); stay();`,
      paces: { shutdownLimitMs: 2_000, programEnd },
    });
    const running = guard.watchApart();
    await until("the agent is deaf", () => guard.calls("agent")[0]?.told["isDeaf"]);

    running.signal("SIGTERM");
    const { by, lines } = await running.ended;

    expect(by).toBe(130);
    expect(linesOf(lines, "stopped without waiting any longer")).not.toEqual([]);
    expect(guard.saved()).toMatchObject({ owed: [{ kind: "call-agent" }] });
  });
});

describe.concurrent("a crash", () => {
  it("right after a trip was saved loses nothing: the agent is called at the next start", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: staying });
    const running = guard.watchApart();
    await guard.called("agent");
    running.signal("SIGKILL");
    expect(await running.ended).toMatchObject({ by: "SIGKILL" });
    expect(guard.saved()).toMatchObject({ owed: [{ kind: "call-agent" }] });

    guard.program("agent", "");
    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(guard.calls("agent").map(({ args }) => args)).toEqual([["warning"], ["warning"]]);
    expect(linesOf(lines, "threshold tripped")).toEqual([]);
    expect(guard.saved()).toMatchObject({ fired: { warning: true }, owed: [] });
  });

  it("leaves nothing to do once the balance has recovered, and that is said", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: staying });
    const running = guard.watchApart();
    await guard.called("agent");
    running.signal("SIGKILL");
    await running.ended;

    guard.simulator.account.setBalance(20);
    const { by, lines } = await guard.watch("--once").ended;

    expect(by).toBe(0);
    expect(guard.calls("agent")).toHaveLength(1);
    expect(linesOf(lines, "no longer needed")).toMatchObject([
      { effect: "call-agent", threshold: "warning", because: "the balance recovered" },
    ]);
    expect(guard.saved()).toMatchObject({ fired: { warning: false }, owed: [] });
  });

  it("is not made worse by a blind look after it: what is owed waits for a look that sees", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9, agent: staying });
    const running = guard.watchApart();
    await guard.called("agent");
    running.signal("SIGKILL");
    await running.ended;
    const { fired, owed } = guard.saved();
    guard.program("agent", "");
    // Not for the next request alone: that may be one which the dead process has left on the way.
    guard.simulator.failAll("http-500", "looking");

    const again = guard.watch();
    await again.said("poll failed; nothing decided");
    expect(guard.saved()).toMatchObject({ fired, owed });
    expect(guard.calls("agent")).toHaveLength(1);
    guard.simulator.clearFaults();
    await again.said("agent done");
    again.signal("SIGTERM");
    await again.ended;

    expect(guard.calls("agent")).toHaveLength(2);
  });
});

describe.concurrent("max_runtime_seconds", () => {
  it.for<[string, string, object, readonly string[], number]>([
    ["ends the watch with 0", "", {}, ["agent done"], 0],
    ["waits for a running agent", "stay(4_000);", {}, ["agent done"], 0],
    [
      "waits for it up to its limit",
      staying,
      { claude_timeout_seconds: 4 },
      ["agent failed", "notification"],
      1,
    ],
  ])("%s", async ([_sentence, agent, limits, outcome, owed], test) => {
    const config = { max_runtime_seconds: 3, poll_interval_seconds: 600, ...limits };
    const guard = await guardWith(test, { balanceUsd: 9, agent, config });

    const { by, lines } = await guard.watch().ended;

    expect(by).toBe(0);
    // It is said beside the rest, whenever RunPod has told the limit.
    const said = lines.map(({ msg }) => msg).filter((msg) => msg !== "worst case");
    expect(said).toEqual([
      "daemon started",
      "threshold tripped",
      "polled",
      ...outcome,
      "daemon stopped",
    ]);
    expect(lines.at(-1)).toMatchObject({ because: "max-runtime" });
    expect(guard.saved()).toMatchObject({ fired: { warning: true } });
    expect(guard.saved().owed).toHaveLength(owed);
  });

  it("leaves the last word to a signal", async (test) => {
    const config = { max_runtime_seconds: 3 };
    const guard = await guardWith(test, { balanceUsd: 9, agent: staying, config });
    const running = guard.watch();
    await guard.called("agent");
    // The runtime is over then, and nothing is left but to wait for the agent.
    await until("it looks no more", () => {
      const lastAtMs = looksOf(guard).at(-1)?.atMs ?? Infinity;
      return Date.now() - lastAtMs > 5 * pollMs;
    });

    running.signal("SIGTERM");

    expect(await running.ended).toMatchObject({ by: 130 });
    expect(guard.saved()).toMatchObject({ owed: [{ kind: "call-agent" }] });
  });

  it("is spent on several looks", async (test) => {
    const guard = await guardWith(test);
    // What a busy machine cannot do in a short time it does in a longer one.
    const looks = async ([seconds, ...longer]: readonly number[]): Promise<number> => {
      guard.configure({ max_runtime_seconds: seconds });
      const { by, lines } = await guard.watch().ended;
      expect(by).toBe(0);
      expect(lines.at(-1)).toMatchObject({ because: "max-runtime" });
      const { length } = linesOf(lines, "polled");
      return length >= 2 || longer.length === 0 ? length : looks(longer);
    };

    expect(await looks([3, 12, 48])).toBeGreaterThanOrEqual(2);
  });
});

describe.concurrent("a program's path", () => {
  it("may start at home", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 9 });
    guard.program("agent", "");
    guard.configure({ claude_command: [`~/${join("bin", "agent")}`] });

    expect(await guard.watchApart("--once").ended).toMatchObject({ by: 0 });
    expect(guard.calls("agent")).toHaveLength(1);
  });
});
