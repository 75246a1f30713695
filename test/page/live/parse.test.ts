import { expect, it } from "vitest";
import { createParser } from "#page/live/parse.ts";

function parsed(...chunks: readonly string[]) {
  const parse = createParser();
  return chunks.flatMap((chunk) => parse(chunk));
}

it.each([
  ["one event", ["id: 3\nevent: status\ndata: {}\n\n"]],
  ["in pieces", ["id: 3\nev", "ent: status\nda", "ta: {}\n", "\n"]],
  ["letter by letter", Array.from("id: 3\r\nevent: status\r\ndata: {}\r\n\r\n")],
  ["after a comment", [": still here\n\nid:3\nevent:status\ndata:{}\n\n"]],
])("the stream is understood however it is cut: %s", (_sentence, chunks) => {
  expect(parsed(...chunks)).toEqual([{ event: "status", data: "{}", id: "3" }]);
});

it("an event keeps all its lines, and is not there before its end", () => {
  expect(parsed("data: a\ndata: b\n")).toEqual([]);
  expect(parsed("data: a\ndata: b\n\n")).toEqual([
    { event: "message", data: "a\nb", id: undefined },
  ]);
});

it("a comment alone is no event", () => {
  expect(parsed(":\n\n", "event: status\n\n")).toEqual([]);
});

it("a line without an end is not kept forever", () => {
  expect(() => parsed("x".repeat(8_000_001))).toThrow("a line without an end");
});
