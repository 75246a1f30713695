import { expect, it } from "vitest";
import { cannotLook } from "#report/account-error.ts";
import type { Blind } from "#guard/model/account.ts";

const settings = {
  api: "graphql",
  runpodUrl: "https://graphql.example",
  restUrl: "https://rest.example/v2",
} as const;
const retired: Blind = {
  kind: "blind",
  atMs: 0,
  cause: "bad-answer",
  because: "HTTP 410: The GraphQL API has been retired. Use the REST API v2.",
  refusal: "retired",
};

it.each([
  ["REST takes its place", settings, /^REST v2 takes its place\. With "api": "auto"/],
  ["REST has no address", { ...settings, restUrl: undefined }, /^Set rest_url in the config/],
] as const)("an interface that RunPod has ended is said to have ended: %s", (_, of, hint) => {
  const { message, hint: advice } = cannotLook(retired, of);

  expect(message).toBe(
    "RunPod has ended GraphQL: HTTP 410: The GraphQL API has been retired. Use the REST API v2.",
  );
  expect(advice).toMatch(hint);
});

it("an answer that cannot be read is no end", () => {
  const { message } = cannotLook({ ...retired, refusal: "schema" }, settings);

  expect(message).toBe(
    "RunPod's answer could not be read: HTTP 410: The GraphQL API has been retired. Use the REST API v2.",
  );
});
