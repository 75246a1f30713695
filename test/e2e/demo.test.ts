import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guardWith, until, type Guard, type Running } from "./guard.ts";

/** No key, no config, and a folder of its own for temporary files. */
function demo(guard: Guard): Running {
  guard.write("tmp/.keep", "");
  const env = { RUNPOD_API_KEY: undefined, TMPDIR: `${guard.folder}/tmp` };
  return guard.start(["demo"], env);
}

/** Five seconds are promised; a machine that runs many tests side by side is granted some more. */
const fiveSecondsWhereBusyMs = 9_000;

describe.concurrent("the demo", { timeout: 60_000 }, () => {
  it("tells the whole story, with no key, and leaves nothing behind", async (test) => {
    const guard = await guardWith(test);

    const { by, stdout, stderr } = await demo(guard).ended;

    expect([by, stderr]).toEqual([0, ""]);
    // A disk that is busy for a second or two makes a look late: the balances are not exact.
    const story = [
      "simulated RunPod account with $12.00",
      /warning trips: balance \$[5-9]\.\d+ is below \$10\.00/,
      /people hear: "warning: balance \$[5-9]\.\d+ is below \$10\.00"/,
      "the agent answers: stopped eval-sweep-of-yesterday ($1.49/hr)",
      /critical trips: balance \$[01]\.\d+ is below \$2\.00/,
      "the agent answers: stopped sdxl-notebook ($0.69/hr)",
      /emergency trips: balance \$0\.\d+ is below \$1\.00/,
      "the agent answers: all is well, nothing to stop",
      /!! emergency: 120 s after the trip the balance is still \$0\.\d+; stopping a1 \(llama-70b-qlora\)/,
      "the guard has ended a1 itself: the pod is EXITED; the burn fell from $5.9600/hr to $0.0000/hr",
      /\+\+ .*\$25\.00/,
      /ok warning is armed again/,
      /ok critical is armed again/,
      /ok emergency is armed again/,
      /^Spent \$11\.\d\d of \$12\.00; \$0\.\d\d was left when the last pod stopped; 0 pods lost their data\.$/,
      "runpodboss init",
    ];
    const lines = stdout.split("\n");
    const places = story.map((part) =>
      lines.findIndex((line) => (typeof part === "string" ? line.includes(part) : part.test(line))),
    );
    expect(places, stdout).not.toContain(-1);
    expect(places, stdout).toEqual(places.toSorted((a, b) => a - b));
    expect(readdirSync(guard.folder).toSorted()).toEqual(["bin", "config.json", "tmp"]);
    expect(readdirSync(`${guard.folder}/tmp`)).toEqual([".keep"]);
  });

  it.for(["SIGINT", "SIGTERM"] as const)("ends promptly with 130 on %s", async (signal, test) => {
    const guard = await guardWith(test);
    const running = demo(guard);
    await until("its first look", () => running.stdout().includes("balance"));

    const askedAtMs = performance.now();
    running.signal(signal);
    const { by, stderr } = await running.ended;

    expect(performance.now() - askedAtMs).toBeLessThan(fiveSecondsWhereBusyMs);
    expect([by, stderr]).toEqual([130, ""]);
    expect(readdirSync(`${guard.folder}/tmp`)).toEqual([".keep"]);
  });
});
