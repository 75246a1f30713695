import { expect, it } from "vitest";
import type { Exchange } from "#simulator/exchange.ts";
import { json } from "#simulator/sending.ts";
import { apiSpecs } from "./api-specs.ts";
import { exchangeFaults } from "./exchange-faults.ts";
import { schemaSource } from "./rest-schema.ts";

const list: Exchange = {
  api: "rest",
  method: "GET",
  path: "/v2/pods",
  query: {},
  requestBody: "",
  answer: json(200, { pods: [] }),
  fault: undefined,
};
const stop: Partial<Exchange> = {
  method: "POST",
  path: "/v2/pods/a/action",
  requestBody: '{"action":"stop"}',
  answer: undefined,
};

it.each<[string, Partial<Exchange>, RegExp]>([
  ["a path", { path: "/v2/pods/a/stop" }, /no such route/],
  ["a method", { method: "PUT" }, /no such route/],
  ["a parameter", { query: { all: "true" } }, /the query has no all/],
  ["a value of a parameter", { query: { includeClusterPods: "yes" } }, /must be boolean/],
  ["a body", { requestBody: "{}" }, /takes no body/],
  ["an action", { ...stop, requestBody: '{"action":"pause"}' }, /must be equal to one of/],
  ["a field of a body", { ...stop, requestBody: '{"action":"stop","now":1}' }, /additional/],
  ["an answer without its fields", { answer: json(200, {}) }, /required property 'pods'/],
  ["a problem that is none", { answer: json(404, {}) }, /answers 404 as application\/json/],
  ["words where there are none", { ...stop, answer: { status: 204, body: "x" } }, /no body/],
])(`what RunPod's schemas do not know is told: %s (${schemaSource})`, (_what, change, words) => {
  const told = exchangeFaults({ ...list, ...change });

  expect(told.join("\n")).toMatch(apiSpecs === undefined ? /^$/ : words);
});

it("a GraphQL document that asks for what is not there is told, schema at hand or not", () => {
  const requestBody = JSON.stringify({ query: "{ myself { clientBalances } }" });

  const told = exchangeFaults({ ...list, api: "graphql", path: "/graphql", requestBody });

  expect(told).toEqual([expect.stringContaining("clientBalances")]);
});

it.each<[string, Partial<Exchange>]>([
  ["a list", { query: { includeClusterPods: "true", cursor: "x", limit: "5" } }],
  ["a stop", stop],
  ["a broken answer that was ordered", { answer: json(200, []), fault: "array" }],
])("what RunPod's schemas know is let be: %s", (_what, change) => {
  expect(exchangeFaults({ ...list, ...change })).toEqual([]);
});
