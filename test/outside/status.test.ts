import { describe, expect, it } from "vitest";
import { blind } from "../guard/samples.ts";
import { guarded } from "./guarded.ts";

describe("status, asked for under a signature", () => {
  it("answers what is known, and writes only that it was asked", async () => {
    const { say, written } = guarded();

    expect(await say("status", 7)).toMatchObject({
      kind: "summed-up",
      summary: { account: "main", role: "primary", acts: "guards" },
    });
    expect(written).toEqual(["count"]);
  });

  it("ends no look that is under way", async () => {
    const { guard, say, looks } = guarded();
    const woken = guard.wake();
    await expect.poll(() => looks.length).toBe(1);

    const answer = await say("status", 7);

    expect(answer.kind).toBe("summed-up");
    expect(looks[0]?.signal.aborted).toBe(false);
    looks[0]?.end(blind());
    await woken;
  });

  it("answers nobody twice, and nobody with another key", async () => {
    const { say, written } = guarded();
    await say("status", 7);

    expect(await say("status", 7)).toEqual({ kind: "replayed", count: 7 });
    expect(
      await say("status", 8, { key: "another-key-of-another-account-than-this" }),
    ).toMatchObject({
      kind: "refused",
    });
    expect(written).toEqual(["count"]);
  });
});
