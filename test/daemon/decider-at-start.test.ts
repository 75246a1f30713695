import { expect, it } from "vitest";
import { deciderAtStart } from "#daemon/decider-at-start.ts";
import type { SourceSince } from "#guard/model/source.ts";

const rest: SourceSince = { api: "rest", because: "ended", sinceMs: 100 };
const graphql: SourceSince = { api: "graphql", because: "a check", sinceMs: 100 };

it.each<[string, SourceSince | undefined, number | undefined, string, boolean]>([
  ["GraphQL decides where nothing else was saved", undefined, 200, "graphql", false],
  ["REST goes on after a restart", rest, undefined, "rest", false],
  ["a check from before the change-over is not heeded", rest, 100, "rest", false],
  ["a check since puts GraphQL back", rest, 101, "graphql", true],
  ["GraphQL that was put back stays", graphql, 200, "graphql", false],
])("%s", async (_sentence, source, markedAtMs, api, isBack) => {
  const found = await deciderAtStart({ source }, () => Promise.resolve(markedAtMs), 60_101);

  expect({ ...found, source: found.source?.api ?? "graphql" }).toEqual({ source: api, isBack });
});

it("says how long ago the check was", async () => {
  const { source } = await deciderAtStart({ source: rest }, () => Promise.resolve(101), 60_101);

  expect(source?.because).toBe("runpodboss check --api graphql succeeded 1 min ago");
});
