import { expect, it } from "vitest";
import { deciderAtStart } from "#daemon/decider-at-start.ts";
import type { GuardState } from "#guard/model/state.ts";

const rest = { api: "rest", because: "GraphQL has ended", sinceMs: 1_000 } as const;
const unseen = { sinceMs: 5, polls: 2, countedAtMs: 9 };
const shown = { api: "rest", atMs: 2_000, balanceUsd: 5 } as const;

it.each<
  [sentence: string, saved: Partial<GuardState>, markedAtMs: number | undefined, found: object]
>([
  ["GraphQL, where nothing else was saved", {}, undefined, { source: { api: "graphql" } }],
  [
    "GraphQL, with what it has not shown in the polls of the process before",
    { unseenBy: unseen },
    undefined,
    { source: { api: "graphql", unseen } },
  ],
  [
    "GraphQL, where REST was asked only because a config said so",
    { source: { ...rest, isConfigured: true }, shown },
    undefined,
    { source: { api: "graphql" }, hasRestSeen: false },
  ],
  ["REST, as was saved", { source: rest }, undefined, { source: rest, hasRestSeen: false }],
  ["REST, which has shown the account", { source: rest, shown }, undefined, { hasRestSeen: true }],
  ["REST, where the mark is older", { source: rest }, 999, { source: rest, isBack: false }],
  [
    "GraphQL, where a check has put it back since",
    { source: rest, shown },
    60_000,
    {
      source: { api: "graphql", because: "runpodboss check --api graphql succeeded 1 min ago" },
      hasRestSeen: false,
      isBack: true,
    },
  ],
])("from the start decides %s", async (_sentence, saved, markedAtMs, found) => {
  const decider = await deciderAtStart(saved, () => Promise.resolve(markedAtMs), 120_000);

  expect(decider).toMatchObject(found);
});
