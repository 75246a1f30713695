import { expect, it } from "vitest";
import { guardWith, heardBy } from "../guard.ts";

// REST tells no burn of the account: what it knows of it is that of the pods.

it("a burn that no pod explains is told", async (test) => {
  const backstop = { after_seconds: 0.5, action: "stop" };
  const thresholds = [{ name: "emergency", below_usd: 10, prompt: "help", backstop }];
  const account = { balanceUsd: 9, otherBurnPerHrUsd: 1.5 };
  const guard = await guardWith(test, { ...account, notify: "", config: { thresholds } });
  const longAgo = Date.now() - 600_000;
  const saved = {
    fired: { emergency: true },
    trippedAtMs: { emergency: longAgo },
    saidAtMs: { "burn:since": longAgo },
  };
  guard.write("state.json", JSON.stringify(saved));

  await guard.watch("--once").ended;

  expect(heardBy(guard)).toEqual([
    "emergency: still burning $1.50/h that no pod explains. Check for serverless workers and storage",
  ]);
});
