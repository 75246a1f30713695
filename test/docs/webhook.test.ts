import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { signature } from "#notify/services/webhook.ts";
import { webhookSchema } from "#notify/services/webhook-schema.ts";
import { webhookKeys } from "../../docs/scripts/webhook-keys.ts";
import { tempFolder } from "../temp-folder.ts";
import { blocksOf, textOf } from "./documents.ts";

const text = textOf("docs/webhook.md");

it("the example is what a webhook is sent, with all its keys", () => {
  const [example = ""] = blocksOf(text, "json");
  const json = JSON.parse(example) as object;

  expect(webhookSchema.parse(json)).toEqual(json);
});

it("every key has a meaning", () => {
  expect(webhookKeys().filter(({ meaning, type }) => meaning === "" || type === "")).toEqual([]);
});

it("the program that checks a signature takes ours, and no other and no old one", async () => {
  const [program = ""] = blocksOf(text, "js");
  const path = join(tempFolder(), "check.mjs");
  writeFileSync(path, program);
  const { isGenuine } = (await import(pathToFileURL(path).href)) as {
    readonly isGenuine: (header: string | undefined, body: string, secret: string) => boolean;
  };
  const body = '{"text":"ü 😀"}';
  const header = await signature("s3cret", body, Date.now());
  const old = await signature("s3cret", body, Date.now() - 3_600_000);

  expect([
    isGenuine(header, body, "s3cret"),
    isGenuine(header, `${body} `, "s3cret"),
    isGenuine(header, body, "another"),
    isGenuine(old, body, "s3cret"),
    isGenuine(undefined, body, "s3cret"),
  ]).toEqual([true, false, false, false, false]);
});
