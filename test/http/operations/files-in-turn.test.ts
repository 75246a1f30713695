import { describe, expect, it } from "vitest";
import { createFilesInTurn } from "#http/operations/files-in-turn.ts";
import { createFakeClock } from "../../fake-clock.ts";

const never = (): Promise<never> => new Promise(() => undefined);

describe("what operations keep on the disk", () => {
  it("is kept one after the other, and a fault of one is not the next one's", async () => {
    const files = createFilesInTurn(10_000, createFakeClock());
    const done: string[] = [];
    const add = (name: string) => async (): Promise<string> => {
      done.push(`${name} begins`);
      await Promise.resolve();
      done.push(`${name} ends`);
      if (name === "second") throw new Error("the disk is full");
      return name;
    };

    const all = await Promise.allSettled(["first", "second", "third"].map((n) => files(add(n))));

    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(done).toEqual([
      "first begins",
      "first ends",
      "second begins",
      "second ends",
      "third begins",
      "third ends",
    ]);
  });

  it("is not waited for when the disk hangs, and nothing more begins on it", async () => {
    const clock = createFakeClock();
    const files = createFilesInTurn(10_000, clock);
    let begun = 0;
    const hanging = Array.from({ length: 5 }, () =>
      files(() => {
        begun += 1;
        return never();
      }).catch((error: unknown) => String(error)),
    );

    await clock.advanceTo(10_000);

    expect(await Promise.all(hanging)).toEqual(
      Array.from({ length: 5 }, () => "GivenUp: not done after 10 s"),
    );
    expect(begun).toBe(1);
  });
});
