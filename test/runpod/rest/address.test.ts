import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf, addressOfId } from "#runpod/rest/address.ts";

const base = "https://api.runpod.io/v2";

describe("the address of a path", () => {
  it.each([
    ["with the interface's own part", base, "/v2/billing/balance", `${base}/billing/balance`],
    ["without it", base, "/billing/balance", `${base}/billing/balance`],
    ["below an address that ends in a slash", `${base}/`, "/pods", `${base}/pods`],
    ["of a host alone", "https://host.example", "/v2/pods", "https://host.example/v2/pods"],
    ["with a dot in a name", base, "/openapi.json", `${base}/openapi.json`],
    ["beside what an address has behind it", `${base}?a=1#b`, "/pods", `${base}/pods`],
  ])("%s", (_sentence, at, path, expected) => {
    expect(addressOf(at, path)?.href).toBe(expected);
  });

  it.each([
    "//evil.example/balance",
    "/..//evil.example",
    "/v2/../../balance",
    "/v2/%2e%2e/balance",
    "/./balance",
    "balance",
    "https://evil.example/",
    "/a b",
    "/a?x=1",
    "/a#x",
    "/a\\b",
    "/{id}",
    "/a\n/b",
    "/",
    "",
    `/${"a".repeat(300)}`,
  ])("is none for %j", (path) => {
    expect(addressOf(base, path)).toBeUndefined();
  });

  const pieces = fc
    .array(fc.constantFrom("/", "..", ".", "v2", "a.b", "%2e", "\\", "?", "#", "@", ":", "\t", "é"))
    .map((parts) => parts.join(""));

  it("whatever the path, it stays on RunPod's host and below it", () => {
    fc.assert(
      fc.property(pieces, (path) => {
        const url = addressOf(base, path);

        expect(url?.origin ?? "https://api.runpod.io").toBe("https://api.runpod.io");
        expect(url?.href ?? base).toContain("/v2");
      }),
    );
  });
});

describe("the address of an id", () => {
  it("is below its kind, whatever the id holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (id) => {
        const url = addressOfId(base, "pods", id, "/action");

        expect(url?.pathname ?? "/v2/pods/x/action").toMatch(/^\/v2\/pods\/[^/]*\/action$/);
        expect(url?.search ?? "").toBe("");
        expect(url?.origin ?? "https://api.runpod.io").toBe("https://api.runpod.io");
      }),
    );
  });

  it.each([".", ".."])("%s leads up, and has none", (id) => {
    expect(addressOfId(base, "pods", id)).toBeUndefined();
  });
});
