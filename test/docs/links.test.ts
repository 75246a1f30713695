import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";
import { documents, forContributors, textOf, withoutBlocks } from "./documents.ts";

const links = [...documents, ...forContributors].flatMap(({ path, text }) =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({
    path,
    target,
  })),
);
const relative = links.filter(({ target }) => !/^[a-z]+:/.test(target));

it.each(relative)("$target in $path leads somewhere", ({ path, target }) => {
  const [file = "", anchor = ""] = target.split("#");
  const to = file === "" ? path : normalize(join(dirname(path), file));

  expect(existsSync(to) && statSync(to).isFile()).toBe(true);
  expect(["", ...anchorsIn(textOf(to))]).toContain(anchor);
});

it("links to the web are https", () => {
  const others = links.filter(({ target }) => /^[a-z]+:/.test(target));

  expect(others.filter(({ target }) => !target.startsWith("https://"))).toEqual([]);
});

it("every document can be reached from the README", () => {
  const reached = relative.filter(({ path }) => path === "README.md").map(({ target }) => target);

  expect(documents.map(({ path }) => path).filter((path) => path !== "README.md")).toEqual(
    documents.flatMap(({ path }) =>
      reached.find((target) => target.split("#")[0] === path) ? [path] : [],
    ),
  );
});

/** As they are made of headings where such documents are shown. */
function anchorsIn(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
