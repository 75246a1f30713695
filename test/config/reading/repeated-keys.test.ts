import { describe, expect, it } from "vitest";
import { parseJsonc } from "#config/reading/jsonc.ts";

function complaint(text: string): string {
  try {
    parseJsonc(text, "PATH");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "taken";
}

describe("a key that stands twice is refused, with both places", () => {
  it.each<[string, string, string]>([
    [
      "protect, which the second one would empty",
      '{"protect": ["p1"],\n "protect": []}',
      'line 2, column 2  the key "protect" stands here again, first at line 1, column 2: remove one of the two',
    ],
    [
      "in an object within an object",
      '{"guards": {"idle": {"action": "stop",\n"action": "notify"}}}',
      'line 2, column 1  the key "action" stands here again, first at line 1, column 22: remove one of the two',
    ],
    [
      "in a threshold",
      '{"thresholds": [{"name": "a"}, {"name": "b", "name": "c"}]}',
      'line 1, column 46  the key "name" stands here again, first at line 1, column 33: remove one of the two',
    ],
    [
      "written in two ways",
      String.raw`{"prot\u0065ct": 1, "protect": 2}`,
      'line 1, column 21  the key "protect" stands here again, first at line 1, column 2: remove one of the two',
    ],
  ])("%s", (_sentence, text, row) => {
    expect(complaint(text)).toContain(`PATH cannot be used:\n  ${row}\n`.trimEnd());
  });

  it("all of them at once", () => {
    const text = '{"a": 1, "a": 2, "b": {"c": 1, "c": 2}}';

    expect(complaint(text).match(/stands here again/g)).toHaveLength(2);
  });

  it("an API key that somebody took for a key is not shown", () => {
    const key = "rpa_0123456789ABCDEFGHIJ";

    expect(complaint(`{"${key}": 1, "${key}": 2}`)).not.toContain(key);
  });

  it.each([
    ["in two objects", '{"thresholds": [{"name": "a"}, {"name": "b"}]}'],
    [
      "as a note, as often as you like",
      '{"_": "a", "_": "b", "_old": {"x": 1, "x": [{"y": 1, "y": 2}]}}',
    ],
    ["in a comment", '{"a": 1 /* "a": 2 */}'],
    ["as a value", '{"a": "a", "b": ["a", "a"]}'],
    ["that every object has by nature", '{"toString": 1, "constructor": 2}'],
  ])("it may stand twice %s", (_sentence, text) => {
    expect(complaint(text)).toBe("taken");
  });
});

describe("a config that is nested too deeply is told as that", () => {
  it.each([
    ["lists", "[".repeat(100_000)],
    ["objects", '{"a":'.repeat(100_000)],
    ["a note", `{"_a": ${"[".repeat(101)}${"]".repeat(101)}}`],
  ])("%s", (_sentence, text) => {
    expect(complaint(text)).toMatch(/line 1, column \d+ {2}is nested more than 100 levels deep/);
  });

  it("brackets in text or comments are none", () => {
    expect(complaint(`{"a": "${"[".repeat(500)}" /* ${"{".repeat(500)} */}`)).toBe("taken");
  });
});
