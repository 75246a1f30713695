import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { minuteMs } from "#guard/model/time.ts";
import { giveQuote, goodQuote } from "#operations/launch/quote.ts";
import { identityOf } from "#process/identity.ts";
import { quotesFileOf } from "#store/paths.ts";
import { createQuotesFile } from "#store/launch/quotes-file.ts";
import { createWorld } from "./world.ts";

async function given() {
  const world = createWorld();
  const { estimate } = await world.plan();
  const quote = await giveQuote(estimate, world.stateFile);
  return { ...quote, estimate, stateFile: world.stateFile };
}

describe("a quote", () => {
  it("is good for five minutes", async () => {
    const { id, estimate, stateFile, expiresAtMs } = await given();
    const { atMs } = estimate;

    expect(expiresAtMs).toBe(atMs + 5 * minuteMs);
    expect(await goodQuote(id, stateFile, atMs + 5 * minuteMs)).toMatchObject({
      id,
      gpuId: "NVIDIA GeForce RTX 4090",
      computePerHrUsd: 0.7,
    });
    await expect(goodQuote(id, stateFile, atMs + 5 * minuteMs + 1)).rejects.toThrow(
      "older than five minutes",
    );
  });

  it("is good for one pod, and the same pod may ask again", async () => {
    const { id, estimate, stateFile } = await given();
    const file = createQuotesFile(quotesFileOf(stateFile), identityOf);

    await file.use(id, "one");
    await file.use(id, "one");

    await expect(file.use(id, "other")).rejects.toThrow("was used already, for pod one");
    await expect(goodQuote(id, stateFile, estimate.atMs)).rejects.toThrow("was used already");
  });

  it.each(["q-bbbbbbbb", "", "../../x", "q-AAAAAAAA"])(
    "%j that nobody was given is refused",
    async (id) => {
      const { stateFile } = await given();

      await expect(goodQuote(id, stateFile, Date.now())).rejects.toThrow("There is no quote");
    },
  );

  it("of a lease that is over before its pod is there is none", async () => {
    const { id, stateFile } = await given();
    const path = quotesFileOf(stateFile);
    writeFileSync(path, readFileSync(path, "utf8").replace(/"forMs":\d+/, '"forMs":0'));

    await expect(goodQuote(id, stateFile, Date.now())).rejects.toThrow(
      "something else than quotes",
    );
  });

  it.each(["", "{", '{"version":1,"quotes":[{}]}', "[]"])(
    "is neither found nor given where the file holds %j",
    async (text) => {
      const { id, stateFile, estimate } = await given();
      writeFileSync(quotesFileOf(stateFile), text);

      await expect(goodQuote(id, stateFile, Date.now())).rejects.toThrow("cannot be read");
      await expect(giveQuote(estimate, stateFile)).rejects.toThrow("cannot be read");
    },
  );
});
