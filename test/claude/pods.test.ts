import { describe, expect, it } from "vitest";
import { guardWith } from "../e2e/guard.ts";
import { agentWith } from "./claude.ts";
import { createByRunpodctl, installRunpodctl } from "./stand-in-runpodctl.ts";

describe.concurrent("an agent that is told to create a pod with runpodctl", () => {
  it("gets one where no hook refuses it, on no lease", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 50 });
    installRunpodctl(guard);
    guard.program("runpodboss", "");

    const { result } = await agentWith(test, guard, [
      () => ({ tool: "Bash", input: { command: createByRunpodctl } }),
      ({ result: { text } }) => ({ say: text }),
    ]);

    const [pod, ...others] = guard.simulator.account.pods();
    expect(others).toEqual([]);
    expect(pod).toMatchObject({ name: "trainer" });
    expect(result).toContain(pod?.id);
  });
});
