import { describe, expect, it } from "vitest";
import { refusalOf } from "#runpod/refusal.ts";

describe("what a refusal may mean for an interface", () => {
  it.each<[string, number | undefined, string, string | undefined]>([
    ["gone for good", 410, "", "retired"],
    ["retired, in a good answer", undefined, "The GraphQL API has been retired.", "retired"],
    ["retired, on a page", 503, "<h1>The GraphQL API has been sunset</h1>", "retired"],
    ["shut down", 400, "GraphQL was shut down, use REST v2", "retired"],
    ["discontinued", 400, "This API has been discontinued", "retired"],
    ["no longer supported", 400, "this version is no longer supported", "retired"],
    ["an address that is not there", 404, "Not Found", "route"],
    ["a method that is not there", 405, "", "route"],
    ["what cannot be processed", 422, "unknown field", "schema"],
    ["too many requests", 429, "", "rate"],
    [
      "too many requests, whatever they say of the API",
      429,
      "This API is no longer available",
      "rate",
    ],
    ["a key that is gone", 401, "This API key is no longer available", undefined],
    ["a key that is gone, said elsewhere", 400, "The API key is no longer available", undefined],
    ["a key that may not", 403, "This endpoint is no longer available to you", undefined],
    ["a GPU that is gone", 400, "This GPU is no longer available", undefined],
    ["a server's error", 500, "Something went wrong", undefined],
    ["no answer", undefined, "socket hang up", undefined],
  ])("%s", (_sentence, status, words, is) => {
    expect(refusalOf(status, words)).toBe(is);
  });
});
