import { expect, it } from "vitest";
import { type Change, edited } from "#config/editing/edit.ts";

const text = `{
  // Who I am.
  "protect": ["a"], // the one that matters
  "thresholds": [
    { "name": "low", "below_usd": 5 /* dollars */ }, // was 4
  ],
  "x_mine": 1 // my own note
  // "lease": {}
}
`;

it.each<readonly [sentence: string, change: Change, before: string, after: string]>([
  [
    "a number, and the comment beside it",
    { path: ["thresholds", 0, "below_usd"], value: 6 },
    `"below_usd": 5 /* dollars */`,
    `"below_usd": 6 /* dollars */`,
  ],
  [
    "a new key goes below the last one and its comment",
    { path: ["heartbeat"], value: { url: "https://hc" } },
    `"x_mine": 1 // my own note`,
    `"x_mine": 1, // my own note\n  "heartbeat": {\n    "url": "https://hc"\n  }`,
  ],
  [
    "an entry is added to a list in one line",
    { path: ["protect", 1], value: "b" },
    `["a"], // the`,
    `["a", "b"], // the`,
  ],
  [
    "an entry is added to a list of lines that ends in a comma",
    { path: ["thresholds", 1], value: { name: "x" } },
    `// was 4\n`,
    `// was 4\n    {\n      "name": "x"\n    },\n`,
  ],
  ["an entry is taken out", { path: ["protect", 0], value: undefined }, `["a"]`, `[]`],
  ["a key is taken out", { path: ["x_mine"], value: undefined }, `,\n  "x_mine": 1`, ``],
  ["what is not there need not go", { path: ["brief"], value: undefined }, ``, ``],
])("%s", (_sentence, change, before, after) => {
  expect(edited(text, [change])).toBe(text.replace(before, after));
});

it.each([
  ["an empty list", "[]", `["b"]`],
  ["a list of comments", "[ // mine\n ]", `["b" // mine\n ]`],
])("%s gets its first entry, and keeps its comments", (_sentence, list, after) => {
  const config = `{ "protect": ${list} }`;

  expect(edited(config, [{ path: ["protect", 0], value: "b" }])).toBe(`{ "protect": ${after} }`);
});

it("a key below another that is not there is made with it", () => {
  const changes = [{ path: ["guards", "idle", "action"], value: "stop" }];

  expect(JSON.parse(edited(`{\n  "a": 1\n}\n`, changes))).toEqual({
    a: 1,
    guards: { idle: { action: "stop" } },
  });
});

it("the mark at the start, tabs and Windows' line ends stay", () => {
  const windows = `\uFEFF{\r\n\t"a": 1\r\n}\r\n`;

  expect(edited(windows, [{ path: ["b"], value: { c: [1] } }])).toBe(
    `\uFEFF{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": [\r\n\t\t\t1\r\n\t\t]\r\n\t}\r\n}\r\n`,
  );
});
