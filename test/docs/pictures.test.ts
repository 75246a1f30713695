import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { documents } from "./documents.ts";

const folder = "docs/pictures";
const pictures = readdirSync(folder);
const png = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

it("there are pictures of the page: npm run docs:pictures", () => {
  expect(pictures.toSorted()).toEqual([
    "page-dark.png",
    "page-light.png",
    "page-phone.png",
    "page-stop.png",
  ]);
});

it.each(pictures)(
  "%s is small, and shown in a document with words for those who do not see it",
  (name) => {
    const bytes = readFileSync(join(folder, name));
    const shown = documents.flatMap(({ text }) => [
      ...text.matchAll(new RegExp(`!\\[([^\\]]+)\\]\\(pictures/${name}\\)`, "g")),
    ]);

    expect(bytes.subarray(0, png.length)).toEqual(png);
    expect(bytes.length).toBeLessThan(100_000);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.[1]?.length).toBeGreaterThan(10);
  },
);
