import { join } from "node:path";
import { expect, it } from "vitest";
import { guardWith, looksOf, textOf, told, until } from "../guard.ts";

it("over REST a list that has lost the pods ends none, calls nothing free, and holds up a backstop only while it lasts", async (test) => {
  const threshold = { name: "low", below_usd: 50, prompt: "look" };
  const backstop = { action: "stop", after_seconds: 1 };
  const ids = ["p1", "p2"];
  const guard = await guardWith(test, {
    nowMs: () => Date.now(),
    balanceUsd: 100,
    pods: ids.map((id) => ({ id, name: id, costPerHrUsd: 1 })),
    notify: "",
    config: { claude_command: [], thresholds: [{ ...threshold, backstop }] },
  });
  guard.configure({ api: "rest", rest_url: guard.simulator.restUrl });
  const running = guard.watch();
  const historyOf = () => textOf(join(guard.folder, "history.jsonl")) ?? "";
  await until("the pods were seen", () => looksOf(guard).length > 2);

  guard.simulator.show("rest", { unlistedPodIds: ids });
  guard.simulator.account.setBalance(10);
  await told(guard, /cannot stop pods: RunPod does not list them \(the list leaves out 2 pods/);
  const status = await guard.call(["status", "-c", guard.config]).ended;

  expect(status.stdout).toContain("burn: unknown");
  expect(status.stdout).toMatch(/its list is empty, but pods p1, p2 ran a poll ago/);
  expect(status.stdout).not.toContain("nothing is burning");
  expect(historyOf()).not.toContain("terminated by");

  guard.simulator.show("rest", {});
  await until("the pods have stopped", () =>
    ids.every((id) => guard.simulator.account.pod(id)?.status === "EXITED"),
  );
  running.signal("SIGTERM");
  await running.ended;
});
