import { describe, expect, it } from "vitest";
import { told } from "../e2e/guard.ts";
import type { GuardInTime } from "../e2e/set-time.ts";
import { agentWith } from "./claude.ts";
import { expectEndByLease, guarded, launchesOf } from "./guarded.ts";
import type { Move, Script } from "./stand-in-model.ts";
import { createByRunpodctl } from "./stand-in-runpodctl.ts";

const hourMs = 3_600_000;
const bash = (command: string): Move => ({ tool: "Bash", input: { command } });

describe.concurrent("a pod that comes from a script which was there before", () => {
  it.for<[string, string, string]>([
    ["says nothing of RunPod in its name", "train.sh", createByRunpodctl],
    ["fails in the end", "train.sh", `${createByRunpodctl}; exit 3`],
    ["says RunPod by its name, and no pod", "on-runpod.sh", `${createByRunpodctl} > pod.json`],
  ])("gets the default lease where that %s", async ([, script, text], test) => {
    const guard = await guarded(test);
    guard.write(script, text);
    const heardBefore: string[][] = [];
    const says: Script[number] = ({ heard }) => {
      heardBefore.push([...heard]);
      return { say: "It runs." };
    };

    const { session_id: session } = await agentWith(test, guard, [
      ({ heard }) => {
        heardBefore.push([...heard]);
        return bash(`sh ${script}`);
      },
      says,
      says,
    ]);

    expect(heardBefore, "its turns").toHaveLength(3);
    const podId = await expectTakenIn(guard, session);
    const [atStart = [], afterCall = [], beforeStop = []] = heardBefore;
    expectHeard(
      atStart,
      /balance \$50\.00, burning \$0\.00\/h, 0 running\.[^]*Start GPU pods only/,
    );
    expectHeard(
      afterCall.slice(atStart.length),
      new RegExp(
        `pod "trainer" \\(${podId}\\) burns \\$0\\.69/h, was started past runpodboss, and has a lease of [34] h .*: runpodboss extend ${podId} HOURS`,
      ),
    );
    expectHeard(
      beforeStop.slice(afterCall.length),
      new RegExp(`Before you stop[^]*\\(${podId}\\) burns .*runpodboss stop ${podId} -y`),
    );
    await told(guard, /trainer \(.*\) was started by .* past runpodboss; it now has a lease/);
    await expectEndByLease(guard, podId, 4 * hourMs);
  });
});

function expectHeard(heard: readonly string[], words: RegExp): void {
  expect(heard).toContainEqual(expect.stringMatching(words));
}

/** One pod runs, past the guard, and is this session's in the book. */
async function expectTakenIn(guard: GuardInTime, session: string): Promise<string> {
  const [pod, ...others] = guard.simulator.account.pods();
  expect(others).toEqual([]);
  expect(pod).toMatchObject({ name: "trainer", status: "RUNNING" });
  expect(launchesOf(guard)).toEqual([
    expect.objectContaining({
      pod_id: pod?.id,
      adopted: true,
      by: expect.objectContaining({ kind: "agent", agent: "claude-code", session }),
    }),
  ]);
  return pod?.id ?? "";
}
