import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Link, linkActions, linkIn, linkText, type PodLink } from "#http/links/link.ts";
import { linkKeyOf, longestToken, markOf, opened, sealed } from "#http/links/seal.ts";

const key = linkKeyOf("a token of the page, drawn at random");
const stopP1: PodLink = {
  action: "stop",
  podId: "p1",
  run: "mabc123",
  about: { kind: "guard", guard: "idle", atMs: 1_795_662_720_000 },
  madeAtMs: 1_795_662_000_000,
};
const ms = fc.integer({ min: 0, max: 8_640_000_000_000_000 });
const word = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
const about = fc.oneof(
  fc.record({
    kind: fc.constant("guard" as const),
    guard: fc.constantFrom("idle" as const, "lease" as const, "hard_timeout" as const),
    atMs: ms,
  }),
  fc.record({ kind: fc.constant("threshold" as const), name: word, atMs: ms }),
  fc.constant({ kind: "burn" as const }),
  fc.constant({ kind: "test" as const }),
);
const onIt = fc.record({
  action: fc.constant("on-it" as const),
  topic: word,
  madeAtMs: ms,
});
const podLinks: fc.Arbitrary<Link> = fc
  .record({
    action: fc.constantFrom(...linkActions),
    podId: word,
    run: word,
    about,
    madeAtMs: ms,
    hours: fc.integer({ min: 1, max: 35_040 }).map((quarters) => quarters / 4),
  })
  .map(({ hours, ...link }) => (link.action === "extend" ? { ...link, hours } : link));
const links = fc.oneof({ weight: 4, arbitrary: podLinks }, { weight: 1, arbitrary: onIt });

function tokenOf(link: Link): string {
  const token = sealed(link, key);
  if (token === undefined) throw new Error("too long");
  return token;
}

describe("a link", () => {
  it("is opened as it was sealed, is the same each time, and can stand in an address", () => {
    fc.assert(
      fc.property(links, (link) => {
        const token = tokenOf(link);

        expect(opened(token, key)).toEqual(link);
        expect(sealed({ ...link }, key)).toBe(token);
        expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/);
        expect(token.length).toBeLessThanOrEqual(longestToken);
        expect(linkIn(linkText(link))).toEqual(link);
      }),
    );
  });

  it("of an ordinary pod is short: three of them fit a phone's push message", () => {
    const extend: Link = { ...stopP1, action: "extend", hours: 2, podId: "abcdefghij1234" };

    expect(tokenOf(extend).length).toBeLessThan(170);
  });

  it("that would be too long is not made", () => {
    expect(sealed({ ...stopP1, podId: "x".repeat(400) }, key)).toBeUndefined();
  });
});

describe("nothing is opened", () => {
  const token = tokenOf(stopP1);
  const [payload = "", signature = ""] = token.split(".");

  it.each([
    ["that is empty", ""],
    ["that is a word", "hello"],
    ["of dots alone", "..."],
    ["without a signature", payload],
    ["with an empty signature", `${payload}.`],
    ["with an empty payload", `.${signature}`],
    ["that was cut", token.slice(0, -1)],
    ["with more behind it", `${token}A`],
    ["in three parts", `${token}.${signature}`],
    ["with the signature in other letters that mean the same", otherLetters(token)],
    [
      "with another link's signature",
      `${payload}.${tokenOf({ ...stopP1, podId: "p2" }).split(".")[1]}`,
    ],
    ["that is longer than any", "A".repeat(longestToken + 1)],
    ["in letters that no address has", `${payload}.${"é".repeat(43)}`],
  ])("%s", (_, text) => {
    expect(opened(text, key)).toBeUndefined();
  });

  it("that was made with another token of the page", () => {
    expect(opened(token, linkKeyOf("another token of the page"))).toBeUndefined();
  });

  it("in which one character was changed, wherever", () => {
    fc.assert(
      fc.property(
        links,
        fc.nat(),
        fc.constantFrom(...Array.from("ABCZabcz019-_.=")),
        (link, where, letter) => {
          const whole = tokenOf(link);
          const at = where % whole.length;
          fc.pre(whole[at] !== letter);

          expect(opened(whole.slice(0, at) + letter + whole.slice(at + 1), key)).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ["no JSON", "{"],
    ["no list", '{"v":1}'],
    ["another version", linkText(stopP1).replace("[1,", "[2,")],
    ["an action that no link has", linkText(stopP1).replace("stop", "terminate")],
    ["a space more", linkText(stopP1).replace(",", ", ")],
    ["a number in other digits", linkText(stopP1).replace("1795662720000", "1.79566272e12")],
    ["hours where none belong", linkText({ ...stopP1, hours: 2 })],
    ["an extension by nothing", linkText({ ...stopP1, action: "extend", hours: 0 })],
    ["a time that is none", linkText(stopP1).replace("1795662720000", "1e99")],
    ["one more in the list", linkText(stopP1).replace(/\]$/, ",1]")],
    ["no pod", linkText({ ...stopP1, podId: "" })],
    ["nothing to be on", linkText({ action: "on-it", topic: "", madeAtMs: 1 })],
    ["more than what to be on", '[1,"on-it","silent",1,1]'],
  ])("that holds %s, whoever signed it", (_, text) => {
    expect(linkIn(text)).toBeUndefined();
  });
});

it("what is known of a used link is no link", () => {
  const token = tokenOf(stopP1);

  expect(markOf(token)).toMatch(/^[\w-]{22}$/);
  expect(token).not.toContain(markOf(token));
  expect(markOf(tokenOf({ ...stopP1, podId: "p2" }))).not.toBe(markOf(token));
});

/** 32 bytes end in a letter of which two bits mean nothing. */
function otherLetters(token: string): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = letters.indexOf(token.slice(-1));
  return `${token.slice(0, -1)}${letters[last ^ 1]}`;
}
