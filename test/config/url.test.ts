import { describe, expect, it } from "vitest";
import { isReadableOnTheWay, passwordsIn, secretsIn, shownUrl } from "#config/url.ts";

describe("an address as it is shown", () => {
  it.each([
    ["https://api.runpod.io/graphql", "https://api.runpod.io/graphql"],
    ["https://me:hunter22@proxy/x", "https://[redacted]@proxy/x"],
    ["https://t0ken@proxy/x", "https://[redacted]@proxy/x"],
    ["https://proxy/x?api_key=abc&b=c", "https://proxy/x?[redacted]"],
    ["https://proxy/#abc", "https://proxy/#[redacted]"],
    ["htp://me:hunter22@proxy", "htp://[redacted]@proxy"],
    ["https://proxy/@me", "https://proxy/@me"],
  ])("%s", (url, expected) => {
    expect(shownUrl(url)).toBe(expected);
  });
});

describe("what of an address is a secret", () => {
  it.each<[string, readonly string[]]>([
    ["https://api.runpod.io/graphql", []],
    ["https://me:p%40ss@proxy/", ["p%40ss", "p@ss", btoa("me:p@ss")]],
    ["https://proxy/?token=a%20b&c", ["a%20b", "c", "a b"]],
    ["https://me:100%25%@proxy/", ["100%25%", btoa("me:100%25%")]],
    ["no address", []],
  ])("%s", (url, expected) => {
    expect(secretsIn(url)).toEqual(expected);
  });

  it("the password of a page whose host is filled in later, and not its query", () => {
    const page = "https://me:hunter22@{pod_id}-80.proxy/?query=up";

    expect(passwordsIn(page)).toEqual(["hunter22", btoa("me:hunter22")]);
  });
});

describe("an address that anybody on the way can read", () => {
  it.each([
    ["https://api.runpod.io/graphql", false],
    ["http://127.0.0.1:8080/graphql", false],
    ["http://localhost/graphql", false],
    ["http://[::1]:8080/", false],
    ["http://127.8.8.8/", false],
    ["http://10.0.0.1/graphql", true],
    ["http://localhost.example/", true],
    ["http://127.0.0.1.example/", true],
    ["http://proxy.internal/", true],
  ])("%s: %s", (url, expected) => {
    expect(isReadableOnTheWay(url)).toBe(expected);
  });
});
