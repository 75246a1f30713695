import { expect, it } from "vitest";
import { knowsUtf8 } from "#terminal/utf8.ts";

it.each<[string, NodeJS.ProcessEnv, boolean]>([
  ["LANG says so", { LANG: "de_DE.UTF-8" }, true],
  ["in another spelling", { LANG: "C.utf8" }, true],
  ["LC_ALL says otherwise", { LANG: "de_DE.UTF-8", LC_ALL: "C" }, false],
  ["LC_ALL is empty", { LANG: "de_DE.UTF-8", LC_ALL: "" }, true],
  ["LC_CTYPE comes before LANG", { LANG: "C", LC_CTYPE: "UTF-8" }, true],
  ["nothing says anything", {}, false],
  ["the terminal is dumb", { LANG: "de_DE.UTF-8", TERM: "dumb" }, false],
  ["colours are not wanted", { LANG: "de_DE.UTF-8", NO_COLOR: "1" }, true],
])("a terminal shows more than ASCII, or not: %s", (_sentence, env, expected) => {
  expect(knowsUtf8({ env })).toBe(expected);
});
