import { expect, it } from "vitest";
import { graphqlSpendLimit } from "#runpod/graphql/spend-limit.ts";

const never = new AbortController().signal;

it.each<[string, string, number | undefined]>([
  ["a limit", `{"data":{"myself":{"spendLimit":80}}}`, 80],
  ["none", `{"data":{"myself":{"spendLimit":null}}}`, undefined],
  [
    "$0, which is no limit that anything could run with",
    `{"data":{"myself":{"spendLimit":0}}}`,
    undefined,
  ],
  ["no account", `{"data":{"myself":null}}`, undefined],
  ["a refusal", `{"errors":[{"message":"Cannot query field"}]}`, undefined],
  ["no JSON", "<html>", undefined],
])("the spend limit where RunPod answers with %s", async (_sentence, body, expected) => {
  const asked: string[] = [];

  const limit = await graphqlSpendLimit(
    {
      url: "https://api.runpod.test/graphql",
      apiKey: "k",
      timeLimitMs: 1_000,
      request: (_url, { body: query }) => {
        asked.push(String(query));
        return Promise.resolve({
          status: 200,
          type: "application/json",
          text: body,
          headers: {},
          retryAfterMs: undefined,
        });
      },
    },
    never,
  );

  expect(limit).toBe(expected);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain("spendLimit");
});
