import { describe, expect, it } from "vitest";
import { hourMs } from "#guard/model/time.ts";
import { podWishFrom, wishFrom, wishOfQuote } from "#operations/launch/start-options.ts";

const typed = { gpu: "4090", hours: "2" };
const quote = {
  id: "q-aaaaaaaa",
  atMs: 0,
  gpuId: "NVIDIA L4",
  gpuCount: 2,
  cloud: "community",
  forMs: 3 * hourMs,
  volumeGb: 50,
  containerDiskGb: 20,
  computePerHrUsd: 1,
  perHrUsd: 1.01,
} as const;

describe("what is typed for a price", () => {
  it("has one GPU in the secure cloud, and no disk that outlives a stop, unless it says otherwise", () => {
    expect(wishFrom(typed)).toEqual({
      gpu: "4090",
      gpuCount: 1,
      forMs: 2 * hourMs,
      cloud: "secure",
      volumeGb: 0,
      containerDiskGb: 20,
      region: undefined,
    });
  });

  it.each([
    [{ hours: "2" }, "Name a GPU"],
    [{ gpu: " ", hours: "2" }, "Name a GPU"],
    [{ gpu: "4090" }, "--hours HOURS"],
    [{ ...typed, hours: "-1" }, "HOURS must be a number"],
    [{ ...typed, hours: "1e3" }, "HOURS must be a number"],
    [{ ...typed, count: "0" }, "--count must be a whole number from 1"],
    [{ ...typed, count: "1.5" }, "--count must be"],
    [{ ...typed, count: "1e1" }, "--count must be"],
    [{ ...typed, volume: "5" }, "--volume must be at least 10 GB"],
    [{ ...typed, volume: "-5" }, "--volume must be"],
    [{ ...typed, disk: "0" }, "--disk must be"],
    [{ ...typed, cloud: "spot" }, "--cloud must be secure or community"],
  ])("%j is refused", (options, message) => {
    expect(() => wishFrom(options)).toThrow(message);
  });

  it("is what a quote says, and may say the same again", () => {
    const wish = { gpuCount: 2, cloud: "community", forMs: 3 * hourMs, volumeGb: 50 };

    expect(wishOfQuote(quote, {})).toMatchObject({ gpu: "NVIDIA L4", ...wish });
    expect(wishOfQuote(quote, { hours: "3", count: "2", volume: "50" })).toMatchObject(wish);
  });

  it.each([{ hours: "4" }, { count: "1" }, { volume: "0" }, { cloud: "secure" }, { disk: "21" }])(
    "is refused where it is %j, which the quote is not for",
    (options) => {
      expect(() => wishOfQuote(quote, options)).toThrow("is not what quote q-aaaaaaaa is for");
    },
  );
});

describe("what a pod is made of", () => {
  const image = "some/image:1";

  it("takes a variable's value from here, so that it stands in no list of processes", () => {
    const { env } = podWishFrom({ image, env: ["HF_TOKEN", "A=b=c", "EMPTY="] }, 0, {
      HF_TOKEN: "s",
    });

    expect(env).toEqual({ HF_TOKEN: "s", A: "b=c", EMPTY: "" });
  });

  it.each([
    [{}, 0, "either an --image or a --template"],
    [{ image, template: "t1" }, 0, "either an --image or a --template"],
    [{ image: "two words" }, 0, "--image must be one word"],
    [{ image, networkVolume: "v1" }, 20, "not both"],
    [{ image, name: "-x" }, 0, "--name must be"],
    [{ image, name: "a".repeat(49) }, 0, "--name must be"],
    [{ image, ports: "22" }, 0, "--ports must be"],
    [{ image, ports: "70000/tcp" }, 0, "--ports must be"],
    [{ image, env: ["1A=secretvalue"] }, 0, "--env must be NAME=VALUE"],
    [{ image, env: ["=secretvalue"] }, 0, "--env must be NAME=VALUE"],
    [{ image, env: ["RUNPODBOSS=x"] }, 0, "--env RUNPODBOSS cannot be set"],
    [{ image, env: ["MISSING"] }, 0, "--env MISSING: there is no such variable here"],
    [{ image, wait: "-1" }, 0, "--wait must be"],
  ])("%j is refused, with no value of a variable in the words", (options, volumeGb, message) => {
    const choosing = (): unknown => podWishFrom(options, volumeGb, {});

    expect(choosing).toThrow(message);
    expect(choosing).not.toThrow("secretvalue");
  });
});
