import { expect, it } from "vitest";
import { unsureWords } from "#guard/account/may-end.ts";
import { pod } from "../samples.ts";

it("pods that nobody knows whether they may be ended are named, each with its reason", () => {
  const pods = [
    pod({ id: "n1", name: "", rawName: undefined }),
    pod({ id: "p1" }),
    pod({ id: "l1", name: "db", isLocked: undefined }),
  ];

  expect(unsureWords(pods)).toBe(
    "n1 (its name is unknown), db (l1, whether it is locked is unknown)",
  );
});
