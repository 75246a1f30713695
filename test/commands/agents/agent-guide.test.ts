import { describe, expect, it } from "vitest";
import { createProgram } from "#program.ts";
import type { Context } from "#terminal/context.ts";

async function guideOf(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const context = { printData: (text: string) => printed.push(text) } as unknown as Context;
  await createProgram(context, () => undefined).parseAsync([...args, "agent-guide"], {
    from: "user",
  });
  return printed.join("\n");
}

describe("what an AGENTS.md is to say", () => {
  it("is one section of plain Markdown, short enough to be read every time", async () => {
    const guide = await guideOf();

    expect(guide).toMatch(/^## GPU pods\n\n\S/);
    expect(guide.match(/^#/gm)).toHaveLength(1);
    expect(guide.split("\n").length).toBeLessThan(30);
    expect(guide).not.toMatch(/\n$/);
  });

  it("names the config that it was called with, by its whole path", async () => {
    const guide = await guideOf("--config", "/srv/guard/it.json");

    expect(guide).toContain("`runpodboss -c /srv/guard/it.json status`");
    expect(guide).not.toMatch(/runpodboss (?!-c )[a-z]+ /);
  });

  it("names none where it is the one that is taken anyhow", async () => {
    expect(await guideOf()).toContain("`runpodboss status`");
  });
});
