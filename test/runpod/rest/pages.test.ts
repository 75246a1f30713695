import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answered } from "#runpod/rest/ask.ts";
import { readPages } from "#runpod/rest/pages.ts";

type Body = Readonly<Record<string, unknown>>;

const refused: Answered = {
  kind: "refused",
  because: "HTTP 500: no",
  cause: "server-error",
  status: 500,
  isRunPods: true,
  retryAfterMs: undefined,
  refusal: undefined,
};

function rowIn(found: unknown): { readonly id: string } | undefined {
  return typeof found === "string" ? { id: found } : undefined;
}

/** Reads these pages, each found by the cursor that the one before gives; the first by none. */
async function read(pages: readonly (Body | "refused")[], wasPaged = false) {
  const asked: (string | undefined)[] = [];
  const result = await readPages({
    ask(cursor) {
      asked.push(cursor);
      const body = pages[cursor === undefined ? 0 : Number(cursor)] ?? "refused";
      return Promise.resolve(body === "refused" ? refused : { kind: "told", body });
    },
    read: rowIn,
    wasPaged,
  });
  return { result, asked };
}

function page(pods: unknown, next?: unknown, hasNextPage: unknown = next !== undefined): Body {
  return { pods, pagination: { nextCursor: next ?? null, hasNextPage } };
}

const noWord = "the list of pods does not say whether more pages follow";

describe("a list is whole", () => {
  it.each<[string, Body[], string[]]>([
    ["with one page that says that it is the last", [page(["a", "b"])], ["a", "b"]],
    ["with nothing in it", [page([])], []],
    ["where RunPod does not speak of pages at all", [{ pods: ["a"] }], ["a"]],
    ["with several pages", [page(["a"], "1"), page(["b"], "2"), page(["c"])], ["a", "b", "c"]],
    ["with an empty page amid", [page(["a"], "1"), page([], "2"), page(["c"])], ["a", "c"]],
    [
      "with an end that has a cursor all the same, once nothing is behind it",
      [page(["a"], "1", false), page([], "1", false)],
      ["a"],
    ],
    ["with an end whose cursor is empty", [page(["a"], "", false)], ["a"]],
  ])("%s", async (_sentence, pages, ids) => {
    const { result } = await read(pages);

    expect(result).toMatchObject({ kind: "whole", rows: ids.map((id) => ({ id })), unreadable: 0 });
  });

  it("with rows that cannot be read, which are counted", async () => {
    const { result } = await read([page(["a", null], "1"), page([5, "b"])]);

    expect(result).toMatchObject({
      kind: "whole",
      rows: [{ id: "a" }, { id: "b" }],
      unreadable: 2,
    });
  });

  it("and the same row twice on one page is both", async () => {
    const { result } = await read([page(["a", "a"])]);

    expect(result).toMatchObject({ kind: "whole", rows: [{ id: "a" }, { id: "a" }] });
  });
});

describe("a list is half a sight", () => {
  const many = Array.from({ length: 1_000 }, (_, n) => `pod${n}`);

  it.each<[string, (Body | "refused")[], string]>([
    ["where the first page is refused", ["refused"], "HTTP 500: no"],
    ["where a later page is", [page(["a"], "1"), "refused"], "page 2 of the pods: HTTP 500: no"],
    ["without rows", [page(null)], "the answer has no list of pods"],
    ["without rows on a later page", [page(["a"], "1"), page({})], "page 2 has no list of pods"],
    [
      "where a page repeats",
      [page(["a", "b"], "1"), page(["a", "b"])],
      "page 2 shows pods of an earlier page again",
    ],
    [
      "where a page repeats in part",
      [page(["a", "b"], "1"), page(["b", "c"])],
      "page 2 shows pods of an earlier page again",
    ],
    [
      "where a cursor leads to itself",
      [page(["a"], "1"), page([], "1")],
      "the pages of the pods lead round in a circle",
    ],
    [
      "where cursors lead round",
      [page(["a"], "1"), page(["b"], "2"), page([], "1")],
      "the pages of the pods lead round in a circle",
    ],
    [
      "where more follow, and nobody says where",
      [page(["a"], null, true)],
      "the list of pods says that more pages follow, and not where",
    ],
    [
      "where the cursor is a number",
      [page(["a"], 1, true)],
      "the list of pods does not say where the next page is",
    ],
    [
      "where the cursor is far too long",
      [page(["a"], "1".repeat(5_000))],
      "the list of pods does not say where the next page is",
    ],
    ["where it is not said whether more follow", [page(["a"], undefined, "no")], noWord],
    ["where the word of pages is null", [{ pods: ["a"], pagination: null }], noWord],
    ["where it is a list", [{ pods: ["a"], pagination: [] }], noWord],
    ["where a later page no longer speaks of pages", [page(["a"], "1"), { pods: ["b"] }], noWord],
    ["where a full page does not speak of pages", [{ pods: many }], noWord],
  ])("%s", async (_sentence, pages, because) => {
    const { result } = await read(pages);

    expect(result).toMatchObject({ kind: "half", because });
  });

  it("where RunPod has spoken of pages before, and no longer does", async () => {
    const { result } = await read([{ pods: ["a"] }], true);

    expect(result).toMatchObject({ kind: "half", because: noWord });
  });

  it("where pages never end: at most 100 are asked for", async () => {
    const endless = Array.from({ length: 200 }, (_, n) => page([`pod${n}`], String(n + 1)));

    const { result, asked } = await read(endless);

    expect(result).toMatchObject({ kind: "half", because: "the pods come in more than 100 pages" });
    expect(asked).toHaveLength(100);
  });

  it("where there are more than 20,000 rows, readable or not", async () => {
    const rows = Array.from({ length: 7_000 }, () => null);
    const { result } = await read([page(rows, "1"), page(rows, "2"), page(rows)]);

    expect(result).toMatchObject({
      kind: "half",
      because: "its answer has 21000 rows of pods, and at most 20000 are read",
    });
  });
});

/** What can become of the page at that place, short of a lie that is whole in itself. */
type Mishap = (body: Body, at: number) => Body | "refused";

const mishap = fc.oneof<fc.Arbitrary<Mishap>[]>(
  fc.constant(() => "refused"),
  fc.constant((body) => ({ ...body, pagination: undefined })),
  fc.constant((body) => ({ ...body, pods: (body["pods"] as unknown[]).map(() => null) })),
  fc.oneof(fc.string(), fc.object()).map((pods) => (body) => ({ ...body, pods })),
  fc.anything().map((nextCursor) => (body) => ({
    ...body,
    pagination: { nextCursor: typeof nextCursor === "string" ? 7 : nextCursor, hasNextPage: true },
  })),
  fc.nat().map((back) => (body, at) => ({
    ...body,
    pagination: { nextCursor: String(Math.max(0, at - (back % 3))), hasNextPage: true },
  })),
);

it("whatever becomes of one page, a list that is taken for whole misses no pod", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 3 }), { minLength: 2, maxLength: 5 }),
      fc.nat({ max: 4 }),
      mishap,
      async (sizes, at, change) => {
        let count = 0;
        const pages = sizes.map((size, n) => {
          const rows = Array.from({ length: size }, () => `pod${(count += 1)}`);
          return page(rows, n === sizes.length - 1 ? undefined : String(n + 1));
        });
        const all = pages.flatMap(({ pods }) => pods as string[]);
        // The first without its word of pages is what the published schema shows: one page.
        const told = pages.map((body, n) => (n === at && n > 0 ? change(body, n) : body));

        const { result } = await read(told, true);

        if (result.kind === "half") return;
        const ids = result.rows.map(({ id }) => id);
        const missing = all.filter((id) => !ids.includes(id));
        expect(missing.length).toBeLessThanOrEqual(result.unreadable);
      },
    ),
  );
});

it("whatever pages come, it ends and never throws", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.dictionary(fc.constantFrom("pods", "pagination"), fc.jsonValue())),
      async (bodies) => {
        const { result } = await read(bodies);

        expect(["whole", "half"]).toContain(result.kind);
      },
    ),
  );
});
