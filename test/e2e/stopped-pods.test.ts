import { describe, expect, it, type TestContext } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import {
  endsAskedOf,
  type Guard,
  guardWith,
  heardBy,
  type Json,
  looksOf,
  told,
  until,
} from "./guard.ts";

/** Two seconds, as several polls show. */
const stopped = { after_hours: 2 / 3_600 };
const pod = (id: string, name: string, more: Partial<NewPod> = {}): NewPod => ({
  id,
  name,
  costPerHrUsd: 1,
  status: "EXITED",
  ...more,
});
const pods = [
  pod("v1", "kept-apart", { networkVolumeId: "vol" }),
  pod("d1", "on-its-disk"),
  pod("r1", "running", { status: "RUNNING", networkVolumeId: "vol" }),
  pod("k1", "prod", { networkVolumeId: "vol" }),
];

function guarded(test: TestContext, changes: Json, guards: Json = {}): Promise<Guard> {
  return guardWith(test, {
    nowMs: Date.now,
    notify: "",
    balanceUsd: 100,
    pods,
    config: {
      claude_command: [],
      protect: ["prod"],
      guards: { warn_minutes: 0.01, ...guards, stopped: { ...stopped, ...changes } },
    },
  });
}

/** Time enough to start one again. */
const patient = { warn_minutes: 0.1 };

/** Nine more polls were answered: what is to be ended would have been. */
async function polledOn(guard: Guard): Promise<void> {
  const before = looksOf(guard).length;
  await until("more polls", () => looksOf(guard).length >= before + 9);
}

describe.concurrent("the guard of stopped pods", () => {
  it("tells, once, of those that stay stopped and are not protected", async (test) => {
    const guard = await guarded(test, {});
    guard.watch();

    await told(guard, /^stopped: /);
    await polledOn(guard);

    expect(heardBy(guard)).toEqual([
      expect.stringMatching(
        /^stopped: pods kept-apart \(v1\), on-its-disk \(d1\) have been stopped for at least \d+ s\. Their disks are billed all the same/,
      ),
    ]);
    expect(endsAskedOf(guard)).toEqual([]);
  });

  it("that terminates warns and deletes what has a network volume, and tells of what it keeps", async (test) => {
    const guard = await guarded(test, { action: "terminate" });
    guard.watch();

    await told(guard, /^stopped: pod kept-apart \(v1\) will be terminated in /);
    await told(guard, /^stopped: terminated pod kept-apart \(v1\)/);
    await told(
      guard,
      /^stopped: pod on-its-disk .* Not terminated: it has no network volume, and its data would be deleted with it\. /,
    );
    await polledOn(guard);

    expect(endsAskedOf(guard)).toEqual(["v1"]);
    expect(guard.simulator.account.pods().map(({ id }) => id)).toEqual(["d1", "r1", "k1"]);
  });

  it("that may lose data deletes the others too, and none that was started again while it warned", async (test) => {
    const guard = await guarded(test, { action: "terminate", data_loss: true }, patient);
    guard.watch();
    await told(guard, /^stopped: pods kept-apart \(v1\), on-its-disk \(d1\) will be terminated/);
    guard.simulator.account.resumePod("v1");

    await told(guard, /^stopped: terminated pod on-its-disk \(d1\)/);
    await polledOn(guard);

    expect(endsAskedOf(guard)).toEqual(["d1"]);
  });
});
