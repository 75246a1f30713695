import { describe, expect, it } from "vitest";
import { createBacklog, type Backlog } from "#output/backlog.ts";

const lost = (count: number): string => `${count} lost`;

function all(backlog: Backlog): readonly string[] {
  const lines: string[] = [];
  for (let line = backlog.next(); line !== undefined; line = backlog.next()) lines.push(line);
  return lines;
}

describe("lines that wait", () => {
  it.each([
    ["come in their order", {}, ["a", "b", "c"], ["a", "b", "c"]],
    [
      "too many: the oldest are dropped, and counted",
      { mostLines: 2 },
      ["a", "b", "c", "d"],
      ["2 lost", "c", "d"],
    ],
    ["too long together: the same", { mostLetters: 5 }, ["aa", "bb", "cc"], ["1 lost", "bb", "cc"]],
    [
      "one that alone is too long is dropped and counted too",
      { mostLetters: 5 },
      ["a", "bbbbbb"],
      ["2 lost"],
    ],
  ])("%s", (_sentence, limits, lines, expected) => {
    const backlog = createBacklog(lost, limits);

    for (const line of lines) backlog.add(line);

    expect(all(backlog)).toEqual(expected);
    expect(backlog.isEmpty()).toBe(true);
  });

  it("that are put back come first again, within the same limit", () => {
    const backlog = createBacklog(lost, { mostLines: 3 });
    backlog.add("c");
    backlog.add("d");

    backlog.putBack(["a", "b"]);

    expect(all(backlog)).toEqual(["1 lost", "b", "c", "d"]);
  });
});
