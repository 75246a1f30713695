import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { podsJson, render, type Values } from "#template/render.ts";
import { cluster, pod } from "../guard/samples.ts";

const values = {
  balanceUsd: 9.8234,
  belowUsd: 10,
  belowHours: 2,
  burnPerHrUsd: 1.49,
  name: "warning",
  podsJson: "[]",
  message: "warning: low",
};

describe("a prompt", () => {
  it.each([
    ["{balance}", "9.8234"],
    ["{below_usd}", "10.0"],
    ["{balance:.2f}", "9.82"],
    ["{balance:.0f}", "10"],
    ["{balance:.6f}", "9.823400"],
    ["{below_usd:.2f}", "10.00"],
    ["${balance:.2f}", "$9.82"],
    ["{below_hours}", "2.0"],
    ["{burn}", "1.49"],
    ["{burn:.1f}", "1.5"],
    ["{hours_left}", "6.5929"],
    ["{hours_left:.1f} h", "6.6 h"],
    ["$1 $& $$ {name}", "$1 $& $$ warning"],
    ["{name}: {pods_json}", "warning: []"],
    ["{{balance}}", "{balance}"],
    ["{{}}", "{}"],
    ["{{{name}}}", "{warning}"],
    ['{{"pods": {pods_json}}}', '{"pods": []}'],
    ['{{"a": {{"b": 1}}}}', '{"a": {"b": 1}}'],
    ['{{"a": {"b": 1}}}', '{"a": {"b": 1}}'],
    ["over }} and out", "over } and out"],
    ["{message}", "warning: low"],
    ["", ""],
    ["no placeholder", "no placeholder"],
    ["{name", "{name"],
    ["name}", "name}"],
    ["{}", "{}"],
    ["{ name }", "{ name }"],
  ])("%j becomes %j", (template, text) => {
    const rendered = render(template, values);

    expect(rendered.text).toBe(text);
    expect(rendered.unknown).toEqual([]);
  });

  it.each([
    ['{"a": 1}'],
    ['{"a": {"b": {"c": [{}]}}}'],
    ['{"deep":{"er":{"est":{}}}} and on'],
    ["function f() { return {}; }"],
  ])("JSON and code stay as written: %s", (template) => {
    expect(render(template, values).text).toBe(template);
  });

  it.each([
    ["{blance}", ["{blance}"]],
    ["{balance:.2}", ["{balance:.2}"]],
    ["{balance:>10}", ["{balance:>10}"]],
    ["{balance:.9999f}", ["{balance:.9999f}"]],
    ["{name:.2f} {pods_json:x} {message:x}", ["{name:.2f}", "{pods_json:x}", "{message:x}"]],
    ["{constructor} {__proto__}", ["{constructor}", "{__proto__}"]],
  ])("an unknown placeholder stays as written and is told: %s", (template, unknown) => {
    const rendered = render(template, values);

    expect(rendered.text).toBe(template);
    expect(rendered.unknown).toEqual(unknown);
  });

  it("knows no message where there is none", () => {
    const { message: _, ...prompt } = values;

    expect(render("{message}", prompt)).toMatchObject({ text: "{message}", filled: 0 });
  });

  it("knows a pod and a reason where there are some", () => {
    const ofPod = { ...values, podId: "p1", podName: "trainer", reason: "idle for 31 minutes" };

    const rendered = render("{pod_name} ({pod_id}): {reason}", ofPod);

    expect(rendered).toEqual({
      text: "trainer (p1): idle for 31 minutes",
      filled: 3,
      unknown: [],
    });
  });

  it.each(["{pod_id}", "{pod_name}", "{reason}"])("knows no %s where there is none", (template) => {
    const rendered = render(template, values);

    expect(rendered).toEqual({ text: template, filled: 0, unknown: [template] });
  });

  it.each(["{pod_id:x}", "{pod_name:.2f}", "{reason:x}"])("knows no format for %s", (template) => {
    const ofPod = { ...values, podId: "p1", podName: "trainer", reason: "idle" };

    expect(render(template, ofPod)).toEqual({ text: template, filled: 0, unknown: [template] });
  });

  it("never looks for placeholders in what a pod is called", () => {
    const ofPod = { ...values, podId: "p1", podName: "{pod_id} {{balance}}" };

    expect(render("{pod_name}", ofPod).text).toBe("{pod_id} {{balance}}");
  });

  it("writes a balance that is not known as the word", () => {
    const unknown = { ...values, balanceUsd: undefined, belowUsd: undefined };

    expect(render("{balance:.2f} {below_usd}", unknown).text).toBe("unknown unknown");
  });

  it.each<[string, Partial<Values>, string]>([
    ["nothing burns", { burnPerHrUsd: 0 }, "0.0 unlimited unlimited"],
    ["more is paid in than burns", { burnPerHrUsd: -1 }, "-1.0 unlimited unlimited"],
    ["it is used up", { balanceUsd: -1 }, "1.49 0.0 0.0"],
    ["the burn is not known", { burnPerHrUsd: undefined }, "unknown unknown unknown"],
    ["the balance is not known", { balanceUsd: undefined }, "1.49 unknown unknown"],
  ])("says how long the balance lasts where %s", (_sentence, overrides, text) => {
    const template = "{burn} {hours_left} {hours_left:.1f}";

    expect(render(template, { ...values, ...overrides }).text).toBe(text);
  });

  it("never looks for placeholders in what it has filled in", () => {
    const rendered = render("{pods_json} {name}", {
      ...values,
      name: "{balance} $& }}",
      podsJson: "{name} {{",
    });

    expect(rendered.text).toBe("{name} {{ {balance} $& }}");
  });

  it("never throws, whatever is written", () => {
    const piece = fc.oneof(
      fc.constantFrom("{", "}", "{{", "}}", "{balance", ":.2f", "{name}", "{pods_json}", "$", "\\"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof render(pieces.join(""), values).text).toBe("string");
      }),
    );
  });

  it("any JSON without doubled braces in its strings stays as written", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        fc.pre(!/\{\{|"[^"]*[{}][^"]*"/.test(json));
        expect(render(json, values).text).toBe(json);
      }),
    );
  });
});

describe("the pods as JSON", () => {
  it("is pretty-printed, with the four fields", () => {
    expect(podsJson([pod({ costPerHrUsd: undefined })], [])).toBe(
      [
        "[",
        "  {",
        '    "id": "p1",',
        '    "name": "trainer",',
        '    "cost_per_hr_usd": null,',
        '    "status": "RUNNING"',
        "  }",
        "]",
      ].join("\n"),
    );
  });

  it("writes @ so that no agent takes it for a file, and JSON reads it back", () => {
    const json = podsJson([pod({ name: "x @/home/me/.ssh/id_rsa" })], []);

    expect(json).not.toContain("@");
    expect(JSON.parse(json)).toEqual([
      expect.objectContaining({ name: "x @/home/me/.ssh/id_rsa" }),
    ]);
  });

  it.each([
    ["a name", pod({ name: "", rawName: undefined }), { name: null }, "its name is unknown"],
    ["a status", pod({ status: "unknown" }), { status: null }, "its status is unknown"],
    ["a lock", pod({ isLocked: undefined }), {}, "whether it is locked is unknown"],
  ])("says to leave a pod alone of which %s is unknown", (_sentence, each, shown, because) => {
    expect(JSON.parse(podsJson([each], []))).toEqual([
      expect.objectContaining({
        ...shown,
        protected: null,
        instruction: `Leave this pod alone: never stop or delete it. The reason: ${because}.`,
      }),
    ]);
  });

  it("says null when the pods are unknown, and an empty list only when there are none", () => {
    expect(podsJson("unknown", [])).toBe("null");
    expect(podsJson([], [])).toBe("[]");
  });

  it("marks a protected pod, with an instruction beside it", () => {
    const rows: unknown = JSON.parse(podsJson([pod(), pod({ id: "p2" })], ["p2"]));

    expect(rows).toEqual([
      expect.not.objectContaining({ protected: true }),
      expect.objectContaining({
        id: "p2",
        protected: true,
        instruction: expect.stringMatching(/never/) as string,
      }),
    ]);
  });

  it("says in a row of its own what was left out", () => {
    expect(JSON.parse(podsJson([], [], "3 more"))).toEqual([{ note: "3 more" }]);
    expect(JSON.parse(podsJson("unknown", [], "all of them"))).toEqual([{ note: "all of them" }]);
  });
});

describe("in an argument of a program no name that others wrote is an option or a file", () => {
  const values = { balanceUsd: 1, belowUsd: 2, name: "warning", podsJson: "[]" };
  const argument = (template: string, podName: string, podId = "p1") =>
    render(template, { ...values, podName, podId, message: podName, isArgument: true }).text;

  it.each([
    ["an option of ssh", "{pod_name}", "-oProxyCommand=touch x", '"-oProxyCommand=touch x"'],
    ["a file of curl", "{pod_name}", "@config.json", String.raw`"\u0040config.json"`],
    ["a file behind an option", "-d{pod_name}", "@config.json", String.raw`-d"\u0040config.json"`],
    ["a file of a form", "text={pod_name}", "</etc/passwd", 'text="</etc/passwd"'],
    ["a folder", "{pod_name}", "/etc", '"/etc"'],
    ["the folder above", "{pod_name}", "../x", '"../x"'],
    ["a home folder", "{pod_name}", "~root", '"~root"'],
    ["an option in a message", "{message}", "--config=x", '"--config=x"'],
    ["a plain name", "{pod_name}", "trainer-1 (copy)", "trainer-1 (copy)"],
    ["a name in another script", "{pod_name}", "训练", "训练"],
    ["a name with brackets", "{pod_name}", "[exp] a@b", "[exp] a@b"],
    ["no name", "{pod_name}", "", ""],
    ["a name as JSON, once", "{pod_name_json}", "-x", '"-x"'],
  ])("%s", (_sentence, template, podName, text) => {
    expect(argument(template, podName)).toBe(text);
  });

  it("nor an id that RunPod would not give", () => {
    expect(argument("{pod_id}", "a", "-h")).toBe('"-h"');
    expect(argument("{pod_id}", "a", "p1/../x")).toBe('"p1/../x"');
  });
});

it("marks a cluster as one that nobody who reads it may end, with its pods", () => {
  const named = {
    ...cluster().cluster?.members[0],
    id: "m1",
    name: "@etc/passwd",
    word: undefined,
  };
  const row = cluster({
    cluster: { members: [{ status: "unknown", costPerHrUsd: undefined, ...named }] },
  });
  const json = podsJson([row, cluster({ id: "c2", name: "keep" })], ["keep"]);

  expect(json).not.toContain("@");
  expect(JSON.parse(json)).toMatchObject([
    {
      id: "c1",
      cost_per_hr_usd: 4,
      protected: true,
      cluster: [{ id: "m1", name: "@etc/passwd", cost_per_hr_usd: 2, status: null }],
      instruction:
        "Leave this cluster and the pods in it alone: never stop or delete it or any of them. The reason: it is a whole cluster, which only a person may end.",
    },
    { id: "c2", protected: true },
  ]);
});
