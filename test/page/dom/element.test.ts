import { expect, it } from "vitest";
import { element, textOf } from "#page/dom/element.ts";

it.each(["onclick", "onerror", "ONLOAD", "style", "srcdoc"])(
  "no element has the attribute %s, whose words would be code or style",
  (name) => {
    expect(() => element("img", { [name]: "alert(1)" })).toThrow("no element may have");
  },
);

it("a name is words, whatever stands in it", () => {
  const name = `<img src=x onerror=alert(1)>`;

  expect(element("bdi", {}, name).children).toEqual([name]);
  expect(textOf(element("p", {}, "Pod ", element("bdi", {}, name)))).toBe(`Pod ${name}`);
});

it("what is not there leaves no trace", () => {
  const made = element("p", { hidden: false, id: undefined, inert: true }, false, null, "", [
    "a",
    [undefined, "b"],
  ]);

  expect(made).toEqual({
    tag: "p",
    key: undefined,
    attributes: { inert: "" },
    children: ["a", "b"],
  });
});
