import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "#errors.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Asked } from "#http/deps.ts";
import { createLinks } from "#http/links/links.ts";
import { press } from "#http/links/press.ts";
import { linkKeyOf, markOf, outsideActBase, outsideLinkKeyOf, sealed } from "#http/links/seal.ts";
import { createSpending } from "#http/links/spending.ts";
import { createWishTaker } from "#http/links/wishes.ts";
import { createSpentLinksFile } from "#store/spent-links-file.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { at, guarding, leaseGuard, live, noticesOf, unlived } from "../../guard/samples.ts";
import { tempFolder } from "../../temp-folder.ts";

const policy = guarding({ lease: leaseGuard });
const warned = live(unlived, [0, 226], policy, { sample: { gpuPercents: [90] } }).state;
const outside = {
  key: outsideLinkKeyOf("a key of beats that nobody guesses", "main"),
  base: outsideActBase("https://guard.example.workers.dev/", "main"),
};
const page = { key: linkKeyOf("the token of the page"), base: undefined };

const running: OperationAnswer = {
  id: "op1",
  pod_id: "p1",
  pod_name: "trainer",
  action: "extend",
  asked_at: "2026-11-27T03:00:00.000Z",
  state: "running",
  steps: [],
  words: null,
};

/** A daemon whose page no phone reaches, as it is after it has warned of a lease. */
async function setUp(begin: () => Promise<OperationAnswer> = () => Promise.resolve(running)) {
  const path = join(tempFolder(), "state.json.spent-links");
  const clock = createFakeClock();
  await clock.advanceTo(at(226));
  const asked: Asked[] = [];
  let now: GuardState = warned;
  const held: string[] = [];
  let operation = running;
  const operations = {
    begin: (what: Asked) => {
      asked.push(what);
      return begin();
    },
    of: (id: string) => (id === operation.id ? operation : undefined),
  };
  const start = () => {
    const links = createLinks({
      doors: () => [page, outside],
      state: () => now,
      policy: () => policy,
      clock,
      spending: createSpending({ clock, file: createSpentLinksFile(path), most: 100 }),
      hold: ({ topic }) => Promise.resolve(void held.push(topic)),
    });
    return { links, take: createWishTaker({ links, operations, redact: (words) => words }) };
  };
  const first = start();
  const notice = noticesOf(warned.owed).at(-1);
  const buttons = notice === undefined ? [] : first.links.buttonsFor(notice, warned.lastSeen);
  const url = buttons.find(({ label }) => label.startsWith("Extend"))?.url ?? "";
  const token = url.split("/").at(-1) ?? "";
  return {
    ...first,
    start,
    operations,
    asked,
    held,
    url,
    token,
    become: (state: GuardState) => void (now = state),
    goesOn: (next: Partial<OperationAnswer>) => void (operation = { ...operation, ...next }),
  };
}

describe("a button of a notification", () => {
  it("leads to the guard outside where no phone reaches the page", async () => {
    const { url } = await setUp();

    expect(url).toMatch(/^https:\/\/guard\.example\.workers\.dev\/act\/main\/[\w-]+\.[\w-]+$/);
  });

  it("that was pressed there does what it would do at the page", async () => {
    const { take, asked, token } = await setUp();

    await take({ id: "w1", token });

    expect(asked).toMatchObject([
      { action: "extend", podId: "p1", by: "in a notification", pressed: markOf(token) },
    ]);
  });

  it("is done once however often it is heard of, and what came of it is said each time", async () => {
    const { take, asked, token, goesOn } = await setUp();

    const begun = await Promise.all([take({ id: "w1", token }), take({ id: "w1", token })]);
    goesOn({ state: "done", words: "The lease ends at 06:00 UTC." });
    const over = [await take({ id: "w1", token }), await take({ id: "w1", token })];

    expect(begun).toMatchObject([{ isOver: false }, { isOver: false }]);
    const done = { id: "w1", isOver: true, isDone: true, words: "The lease ends at 06:00 UTC." };
    expect(over).toEqual([done, done]);
    expect(asked).toHaveLength(1);
  });

  it("is done once where it was pressed at the page as well", async () => {
    const { take, links, operations, asked, token, goesOn } = await setUp();
    await links.whenRead;
    const read = links.read(token);
    if (read?.kind !== "pod") throw new Error("it is none of ours");

    await press(token, read, links, operations);
    goesOn({ state: "done", words: "The lease ends at 06:00 UTC." });
    const took = await take({ id: "w1", token });

    expect(took).toMatchObject({ isDone: true, words: "The lease ends at 06:00 UTC." });
    expect(asked).toHaveLength(1);
  });

  it("is not done again after a restart", async () => {
    const { take, start, asked, token } = await setUp();
    await take({ id: "w1", token });

    const took = await start().take({ id: "w1", token });

    expect(took).toMatchObject({
      isOver: true,
      isDone: false,
      words: expect.stringContaining("stands in the history") as string,
    });
    expect(asked).toHaveLength(1);
  });

  it("that is refused says why, and is good for another press", async () => {
    let isRefused = true;
    const { take, asked, token } = await setUp(() =>
      isRefused
        ? Promise.reject(new UserError("20 operations are under way.", { hint: "Try again." }))
        : Promise.resolve(running),
    );

    const first = await take({ id: "w1", token });
    isRefused = false;
    await take({ id: "w2", token });

    expect(first).toEqual({
      id: "w1",
      isOver: true,
      isDone: false,
      words: "20 operations are under way. Try again.",
    });
    expect(asked).toHaveLength(2);
  });

  it("that came to nothing later is not tried again by itself", async () => {
    const { take, asked, token, goesOn } = await setUp();
    await take({ id: "w1", token });
    await asked[0]?.onUndone?.();
    goesOn({ state: "refused", words: "It cannot get more time." });

    const took = await take({ id: "w1", token });

    expect(took).toMatchObject({ isOver: true, isDone: false, words: "It cannot get more time." });
    expect(asked).toHaveLength(1);
  });

  it.each<[sentence: string, state: GuardState, isOver: boolean, words: RegExp]>([
    ["is over where the pod runs no more", { ...warned, runs: {} }, true, /no longer runs/],
    [
      "waits while nothing was seen yet",
      { ...warned, lastSeen: undefined },
      false,
      /is not known now/,
    ],
  ])("%s", async (_sentence, state, isOver, words) => {
    const { take, asked, token, become } = await setUp();
    become(state);

    const took = await take({ id: "w1", token });

    expect(took).toMatchObject({
      isOver,
      isDone: false,
      words: expect.stringMatching(words) as string,
    });
    expect(asked).toEqual([]);
  });

  it("of another key comes to nothing", async () => {
    const { take, asked } = await setUp();

    const took = await take({ id: "w1", token: "some.token" });

    expect(took).toMatchObject({ isOver: true, isDone: false });
    expect(asked).toEqual([]);
  });
});

describe("that somebody is on it", () => {
  const link = { action: "on-it", topic: "threshold:low", madeAtMs: at(225) } as const;
  const token = sealed(link, outside.key) ?? "";
  const row = { firstAtMs: at(220), lastAtMs: at(225), times: 1 };
  const reminded = (changes: { readonly onItAtMs?: number } = {}): GuardState => ({
    ...warned,
    reminded: { "threshold:low": { ...row, ...changes } },
  });

  it.each<[string, GuardState, readonly string[], boolean, RegExp]>([
    ["holds its reminders", reminded(), ["threshold:low"], true, /^nobody is reminded of it/],
    ["is known already", reminded({ onItAtMs: at(226) }), [], true, /^nobody is reminded of it/],
    ["comes too late where it is over", warned, [], false, /^what was told of low is over$/],
  ])("%s", async (_, state, expected, isDone, words) => {
    const { take, become, held, asked } = await setUp();
    become(state);

    const took = await take({ id: "w1", token });

    expect(held).toEqual(expected);
    expect(took).toMatchObject({ isOver: true, isDone });
    expect(took.words).toMatch(words);
    expect(asked).toEqual([]);
  });
});
