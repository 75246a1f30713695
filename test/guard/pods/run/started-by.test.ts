import { describe, expect, it } from "vitest";
import type { Launch, StartedBy } from "#guard/model/launch.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import {
  cleaned,
  type Marked,
  type Origin,
  originOf,
  originOfRun,
  startedFacts,
  startedWords,
} from "#guard/pods/run/started-by.ts";
import { at, book, run } from "../../samples.ts";

const agent: StartedBy = {
  kind: "agent",
  agent: "claude-code",
  session: "4f2a91c0-77aa-4b1d-9e0b-2f0c1d2e3f40",
  host: "box",
};
const person: StartedBy = { kind: "person", host: "box" };
const launch: Launch = {
  id: "abcdefg2",
  name: "qlora-rbabcdefg2",
  atMs: at(0),
  endsAtMs: at(120),
  by: agent,
};
const launched = (...all: readonly Launch[]): LeaseBook => ({
  ...book(),
  launches: Object.fromEntries(all.map((each) => [each.id, each])),
});
const ours = (by: StartedBy, isAdopted = false): Origin => ({ kind: "ours", by, isAdopted });
const known = { ...launch, podId: "p1" };

describe("a pod was started", () => {
  it.each<[string, Partial<Marked>, LeaseBook | "unknown" | undefined, Origin]>([
    ["here, by its id", {}, launched(known), ours(agent)],
    [
      "here, by its name while nobody knows its id",
      { name: launch.name },
      launched(launch),
      ours(agent),
    ],
    [
      "here, by its name, as the id that RunPod has answered was another's",
      { id: "p7", name: launch.name },
      launched(known),
      ours(agent),
    ],
    [
      "elsewhere, though it is called like one that was taken in",
      { id: "p7" },
      launched({ ...known, name: "trainer", isAdopted: true }),
      { kind: "elsewhere" },
    ],
    [
      "here, long after its lease is over",
      {},
      launched({ ...known, endsAtMs: at(1) }),
      ours(agent),
    ],
    [
      "here, though RunPod was thought to have refused it",
      { name: launch.name },
      launched({ ...launch, failedAtMs: at(1) }),
      ours(agent),
    ],
    [
      "past this program, and taken in",
      {},
      launched({ ...known, isAdopted: true }),
      ours(agent, true),
    ],
    [
      "here by who made it, whoever has taken it in",
      {},
      launched({ ...known, id: "b", by: person, atMs: at(-9), isAdopted: true }, known),
      ours(agent),
    ],
    [
      "here by who made it first",
      {},
      launched(known, { ...known, id: "b", by: person, atMs: at(-9) }),
      ours(person),
    ],
    [
      "elsewhere with this program, by its name",
      { name: "x-rbq2w3e4r5" },
      book(),
      { kind: "ours-elsewhere" },
    ],
    [
      "elsewhere with this program, by its stamp",
      { stamp: "q@box" },
      book(),
      { kind: "ours-elsewhere" },
    ],
    ["elsewhere, as it shows no stamp", { stamp: "" }, book(), { kind: "elsewhere" }],
    [
      "elsewhere, by a name that only looks so",
      { name: "x-rbq2w3e4r50" },
      book(),
      { kind: "elsewhere" },
    ],
    [
      "elsewhere, by a name with a letter that no id has",
      { name: "x-rbq2w3e4r1" },
      book(),
      { kind: "elsewhere" },
    ],
    [
      "elsewhere, as nothing tells otherwise",
      {},
      launched({ ...known, podId: "p2" }),
      { kind: "elsewhere" },
    ],
    [
      "by whom nobody knows while the book cannot be read",
      { name: launch.name },
      "unknown",
      { kind: "unknown" },
    ],
    ["by whom nobody knows before the book was read", {}, undefined, { kind: "unknown" }],
  ])("%s", (_sentence, marks, leases, origin) => {
    expect(originOf({ id: "p1", name: "trainer", ...marks }, leases)).toEqual(origin);
  });

  it("by whom its run tells as well", () => {
    expect(originOfRun(run(), launched(known))).toEqual(ours(agent));
  });
});

describe("who started it", () => {
  it.each<[Origin, string | undefined]>([
    [ours(person), "started by a person on box"],
    [ours(agent), "started by an agent (claude-code, session 4f2a91c0…) on box"],
    [
      ours({ ...agent, session: "4f2a91c07" }),
      "started by an agent (claude-code, session 4f2a91c07) on box",
    ],
    [
      ours({ kind: "agent", session: "s1", host: "box" }),
      "started by an agent (session s1) on box",
    ],
    [
      ours({ kind: "agent", agent: "codex", host: "" }),
      "started by an agent (codex) on a machine without a name",
    ],
    [ours({ kind: "agent", host: "box" }, true), "started by an agent on box past runpodboss"],
    [{ kind: "ours-elsewhere" }, "started with runpodboss on another machine"],
    [{ kind: "elsewhere" }, "started elsewhere"],
    [{ kind: "unknown" }, undefined],
  ])("%j in words: %s", (origin, words) => {
    expect(startedWords(origin)).toBe(words);
  });

  it.each<[Origin, ReturnType<typeof startedFacts>]>([
    [ours(agent, true), agent],
    [{ kind: "ours-elsewhere" }, { kind: "runpodboss-elsewhere" }],
    [{ kind: "elsewhere" }, { kind: "elsewhere" }],
    [{ kind: "unknown" }, undefined],
  ])("%j as a value", (origin, facts) => {
    expect(startedFacts(origin)).toEqual(facts);
  });

  it("is told in 64 letters at most, on one line, with nothing that cannot be seen", () => {
    const long = "𝒜".repeat(70);

    const by = cleaned({
      kind: "agent",
      agent: "cl\u202eaude\u200b\u0007",
      session: ` a \n\t b\u2028c\u00ad `,
      host: long,
    });

    expect(by).toEqual({ kind: "agent", agent: "claude", session: "a bc", host: "𝒜".repeat(64) });
    expect(
      originOf({ id: "p1", name: "" }, launched({ ...known, by: { kind: "person", host: long } })),
    ).toEqual(ours({ kind: "person", host: "𝒜".repeat(64) }));
  });
});
