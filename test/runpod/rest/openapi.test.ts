import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathsWith } from "#runpod/rest/openapi.ts";
import type { Json } from "#runpod/readings.ts";

const field = "balanceAmount";
const balance = { type: "object", properties: { [field]: { type: "number" } } };

function answering(schema: unknown, more: Json = {}): Json {
  return { responses: { "200": { content: { "application/json": { schema } } } }, ...more };
}

function documentWith(paths: Json, more: Json = {}): Json {
  return { openapi: "3.1.0", paths, ...more };
}

describe("the path of the balance", () => {
  it.each<[string, Json]>([
    ["with its schema in place", documentWith({ "/b": { get: answering(balance) } })],
    [
      "with a schema that is referred to",
      documentWith(
        { "/b": { get: answering({ $ref: "#/components/schemas/B" }) } },
        { components: { schemas: { B: balance } } },
      ),
    ],
    [
      "with a schema of several parts, one referred to",
      documentWith(
        { "/b": { get: answering({ allOf: [{ type: "object" }, { $ref: "#/x/a~1b~0" }] }) } },
        { x: { "a/b~": balance } },
      ),
    ],
    [
      "with an answer that is referred to",
      documentWith(
        { "/b": { get: { responses: { "200": { $ref: "#/components/responses/Ok" } } } } },
        {
          components: {
            responses: {
              Ok: { content: { "application/json; charset=utf-8": { schema: balance } } },
            },
          },
        },
      ),
    ],
    [
      "with parameters that may be left out",
      documentWith({ "/b": { get: answering(balance, { parameters: [{ name: "x" }] }) } }),
    ],
  ])("is found: %s", (_sentence, document) => {
    expect(pathsWith(document, field)).toEqual(["/b"]);
  });

  it.each<[string, Json]>([
    ["no document", {}],
    ["no paths", documentWith({})],
    ["paths that are a list", { paths: [answering(balance)] }],
    ["another way to ask", documentWith({ "/b": { post: answering(balance) } })],
    ["a path that needs an id", documentWith({ "/b/{id}": { get: answering(balance) } })],
    [
      "a parameter that must be given",
      documentWith({
        "/b": { get: answering(balance, { parameters: [{ name: "x", required: true }] }) },
      }),
    ],
    [
      "the same for the whole path, referred to",
      documentWith(
        { "/b": { parameters: [{ $ref: "#/p" }], get: answering(balance) } },
        { p: { required: true } },
      ),
    ],
    ["another field", documentWith({ "/b": { get: answering({ properties: { x: {} } }) } })],
    [
      "the field of something in it",
      documentWith({ "/b": { get: answering({ properties: { x: balance } }) } }),
    ],
    [
      "a schema in another document, which nobody fetches",
      documentWith({ "/b": { get: answering({ $ref: "https://evil.example/x#/B" }) } }),
    ],
    ["a reference to nothing", documentWith({ "/b": { get: answering({ $ref: "#/nothing" }) } })],
    [
      "a reference to itself",
      documentWith({ "/b": { get: answering({ $ref: "#/x" }) } }, { x: { $ref: "#/x" } }),
    ],
    [
      "parts of themselves",
      documentWith(
        { "/b": { get: answering({ $ref: "#/x" }) } },
        { x: { allOf: Array.from({ length: 60 }, () => ({ $ref: "#/x" })) } },
      ),
    ],
    [
      "a reference to what every object has",
      documentWith({ "/b": { get: answering({ $ref: "#/constructor" }) } }),
    ],
  ])("is not found: %s", (_sentence, document) => {
    expect(pathsWith(document, field)).toEqual([]);
  });

  it("stands at most three times", () => {
    const paths = Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [`/b${n}`, { get: answering(balance) }]),
    );

    expect(pathsWith(documentWith(paths), field)).toEqual(["/b0", "/b1", "/b2"]);
  });

  it("whatever the document, it is read without an error", () => {
    fc.assert(
      fc.property(fc.object({ key: fc.constantFrom("paths", "get", "$ref", "allOf") }), (any) => {
        expect(pathsWith({ paths: any, ...any }, field)).toBeInstanceOf(Array);
      }),
    );
  });
});

/** Where RunPod's published document lies; without it another stands in, which has no balance either. */
const specs = process.env["RUNPOD_API_SPECS"];
const pods = { type: "object", properties: { pods: { type: "array" } } };

it("is not in the published copy of RunPod's document, which is older", () => {
  const document =
    specs === undefined
      ? documentWith({ "/v2/pods": { get: answering(pods) } })
      : (JSON.parse(readFileSync(join(specs, "runpod-rest-v2-openapi.json"), "utf8")) as Json);

  expect(pathsWith(document, field)).toEqual([]);
  expect(pathsWith(document, "pods")).toEqual(["/v2/pods"]);
});
