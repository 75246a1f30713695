import { expect, it } from "vitest";
import { asForPerson, isDisputed, unsureWords } from "#guard/account/may-end.ts";
import { pod } from "../samples.ts";

it("pods that nobody knows whether they may be ended are named, each with its reason", () => {
  const pods = [
    pod({ id: "n1", name: "", rawName: undefined }),
    pod({ id: "c1", name: "", rawName: undefined, nameBecause: "HTTP 403: needs clusters:read" }),
    pod({ id: "p1" }),
    pod({ id: "l1", name: "db", isLocked: undefined }),
  ];

  expect(unsureWords(pods)).toBe(
    "n1 (its name is unknown), c1 (its name (HTTP 403: needs clusters:read) is unknown), db (l1, whether it is locked is unknown)",
  );
});

it.each([
  ["why an interface did not list it before", { doubt: "why GraphQL did not list it" }, true],
  ["nothing", {}, false],
  ["its name too", { doubt: "why GraphQL did not list it", rawName: undefined }, false],
] as const)(
  "whether only a person may end a pod of which is unknown: %s",
  (_sentence, unsure, isTheirs) => {
    const asked = pod({ id: "p1", ...unsure });

    expect(isDisputed(asked)).toBe(isTheirs);
    expect(asForPerson(asked).doubt).toBe(isTheirs ? undefined : asked.doubt);
  },
);
