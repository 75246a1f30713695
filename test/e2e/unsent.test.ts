import { expect, it } from "vitest";
import { failing, guardWith, until } from "./guard.ts";

it("status and check show what could not be sent yet, and why", async (test) => {
  const guard = await guardWith(test, {
    balanceUsd: 0.4,
    notify: failing(7),
    config: { claude_command: [] },
  });
  guard.watch();
  await until("failed notices", () => {
    const owed = guard.state() === undefined ? [] : guard.saved().owed;
    return owed.filter(({ failedBecause }) => failedBecause !== undefined).length === 3;
  });

  const [status, check] = await Promise.all([guard.command("status"), guard.command("check")]);

  for (const { stdout } of [status, check]) {
    expect(stdout).toMatch(
      /notification not sent since .*exit 7 after .*: emergency: balance \$0\.40 is below \$0\.50/,
    );
  }
});
