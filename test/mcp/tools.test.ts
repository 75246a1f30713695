import { describe, expect, it, type TestContext } from "vitest";
import { guardWith } from "../e2e/guard.ts";
import { connected, type Era } from "./connected.ts";

async function toolsOf(test: TestContext, era: Era = "legacy") {
  const { client } = await connected(test, await guardWith(test), { era });
  return (await client.listTools()).tools;
}

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly maxLength?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
}

/** The places of an input that would take any amount of anything. */
function boundless(schema: Schema, at: string): readonly string[] {
  const inside = [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.items === undefined ? [] : [["[]", schema.items] as const]),
  ].flatMap(([name, each]) => boundless(each, `${at}.${name}`));
  switch (schema.type) {
    case "string":
      return schema.maxLength === undefined && schema.enum === undefined ? [at] : [];
    case "number":
    case "integer":
      return schema.maximum === undefined ? [at] : [];
    case "array":
      return [...(schema.maxItems === undefined ? [at] : []), ...inside];
    case "object":
      return [...(schema.additionalProperties === false ? [] : [at]), ...inside];
    default:
      return inside;
  }
}

describe("the tools that an agent is given", () => {
  it("are these, by either way of connecting", async (test) => {
    const old = await toolsOf(test);
    const now = await toolsOf(test, "auto");

    expect(now.map(({ name }) => name)).toEqual(old.map(({ name }) => name));
    expect(
      old.map(({ name, annotations: { readOnlyHint, destructiveHint, idempotentHint } = {} }) => [
        name,
        ...(readOnlyHint === true ? ["reads"] : []),
        ...(destructiveHint === true ? ["destroys"] : []),
        ...(idempotentHint === true ? ["may be repeated"] : []),
      ]),
    ).toEqual([
      ["status", "reads", "may be repeated"],
      ["gpus", "reads", "may be repeated"],
      ["estimate", "reads", "may be repeated"],
      ["start"],
      ["extend"],
      ["touch", "may be repeated"],
      ["stop", "destroys", "may be repeated"],
    ]);
  });

  it("are as they were when this was written, for agents rely on it", async (test) => {
    const tools = await toolsOf(test);

    await expect(`${JSON.stringify(tools, null, 2)}\n`).toMatchFileSnapshot("tools.snap");
  });

  it("each ask RunPod, and say so; have a title, and a description that a model reads in full", async (test) => {
    for (const { name, title, description = "", annotations } of await toolsOf(test)) {
      expect(annotations?.openWorldHint, name).toBe(true);
      expect(title, name).toMatch(/^[A-Z]/);
      expect(description.length, name).toBeGreaterThan(100);
      expect(description.length, name).toBeLessThan(1_000);
    }
  });

  it("take nothing that has no bound, and nothing that they do not know", async (test) => {
    const tools = await toolsOf(test);

    expect(
      tools.flatMap(({ name, inputSchema }) => boundless(inputSchema as Schema, name)),
    ).toEqual([]);
  });

  it("lift no cap, force nothing, and end one pod at most", async (test) => {
    const tools = await toolsOf(test);

    const names = tools.flatMap(({ name, inputSchema }) => [
      name,
      ...Object.keys(inputSchema.properties ?? {}),
    ]);
    expect(names).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/terminate|all|force|cap|yes|config|account|protect/),
      ]),
    );
  });
});
