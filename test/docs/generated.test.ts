import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../docs/scripts/command-tree.ts";
import { keysAt, placesInConfig } from "../../docs/scripts/config-keys.ts";
import {
  blocksIn,
  comparable,
  type Outputs,
  outputsIn,
  regenerated,
} from "../../docs/scripts/generated.ts";
import { realOutputs } from "../../docs/scripts/real-output.ts";
import { documents, textOf } from "./documents.ts";

const shown = documents.flatMap(({ path, text }) =>
  Object.entries(outputsIn(text)).map(([name, output]) => ({ path, name, output })),
);

describe("what is generated", () => {
  it.each(documents)("$path has its tables as the code is: npm run docs", async ({ text }) => {
    expect(await regenerated(text, outputsIn(text))).toBe(text);
  });

  it("has every key of the config, once", () => {
    const blocks = blocksIn(textOf("docs/config.md"), "keys");
    const documented = blocks.flatMap(({ words: [place = "", ...names] }) =>
      (names.length === 0 ? keysAt(place).map(({ name }) => name) : names).map(
        (name) => `${place} ${name}`,
      ),
    );
    const all = placesInConfig().flatMap((place) =>
      keysAt(place).map(({ name }) => `${place} ${name}`),
    );

    expect(documented.toSorted()).toEqual(all.toSorted());
  });

  it("has a meaning for every key of the config", () => {
    const silent = placesInConfig().flatMap((place) =>
      keysAt(place).filter(({ meaning }) => !/^\S.+\.$/.test(meaning)),
    );

    expect(silent).toEqual([]);
  });

  it("has every command, once, under its own heading", () => {
    const text = textOf("docs/commands.md");
    const names = commands.map(({ name }) => name);
    const headings = [...text.matchAll(/^### runpodboss ([a-z -]+)$/gm)].map(
      ([, name = ""]) => name,
    );
    const blocks = blocksIn(text, "command").map(({ words }) => words.join(" "));

    expect(headings.toSorted()).toEqual(names.toSorted());
    expect(blocks).toEqual(headings);
  });
});

describe("the output that the documents show", () => {
  let real: Outputs = {};
  beforeAll(async () => {
    real = await realOutputs();
  });

  it.each(shown)("$name in $path is what is printed: npm run docs", ({ name, output }) => {
    expect(comparable(output)).toBe(comparable(real[name] ?? "nothing by that name"));
  });
});
