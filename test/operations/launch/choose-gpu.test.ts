import { describe, expect, it } from "vitest";
import type { CloudOffer, GpuOffer } from "#guard/model/launch.ts";
import { UserError } from "#errors.ts";
import { chooseGpu } from "#operations/launch/choose-gpu.ts";

const at = (perHrUsd: number): CloudOffer => ({ perHrUsd, stock: "high", mostGpus: 8 });
const gpu = (id: string, name: string, perHrUsd = 1): GpuOffer => ({
  id,
  name,
  memoryGb: 80,
  secure: at(perHrUsd),
  community: at(perHrUsd / 2),
});

const offers = [
  gpu("NVIDIA GeForce RTX 4090", "RTX 4090"),
  gpu("NVIDIA A100 80GB PCIe", "A100 PCIe", 1.64),
  gpu("NVIDIA A100-SXM4-80GB", "A100 SXM", 1.89),
  gpu("NVIDIA L4", "L4"),
  gpu("NVIDIA L40", "L40"),
  gpu("NVIDIA L40S", "L40S"),
  gpu("NVIDIA RTX A4000", "RTX A4000"),
];

describe("which GPU type a word means", () => {
  it.each([
    ["4090", "RTX 4090"],
    ["rtx4090", "RTX 4090"],
    ["RTX-4090", "RTX 4090"],
    ["NVIDIA GeForce RTX 4090", "RTX 4090"],
    ["a100 sxm", "A100 SXM"],
    ["A100-PCIe", "A100 PCIe"],
    ["l4", "L4"],
    ["L40", "L40"],
    ["l40s", "L40S"],
    ["a4000", "RTX A4000"],
  ])("%s is %s", (word, name) => {
    expect(chooseGpu(word, offers, "secure").name).toBe(name);
  });

  it.each([
    [
      "a100",
      "may be any of 2 GPU types",
      ["'NVIDIA A100 80GB PCIe'", "A100 SXM", "$1.64/h in secure"],
    ],
    ["rtx", "may be any of 2 GPU types", ["RTX 4090", "RTX A4000"]],
    ["h100", 'RunPod has no GPU type "h100"', ["L40S"]],
    ["", "RunPod has no GPU type", []],
    ["---", "RunPod has no GPU type", []],
  ])("%j is refused, with the choices", (word, message, choices) => {
    const choosing = (): unknown => chooseGpu(word, offers, "secure");

    expect(choosing).toThrow(message);
    for (const choice of choices) expect(hintOf(choosing)).toContain(choice);
  });

  it("what another is called, too, is taken only by its id", () => {
    const twice = [gpu("NVIDIA B200 A", "B200"), gpu("NVIDIA B200 B", "B200")];

    expect(() => chooseGpu("b200", twice, "secure")).toThrow("may be any of 2");
    expect(chooseGpu("NVIDIA B200 B", twice, "secure").id).toBe("NVIDIA B200 B");
  });
});

function hintOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return error instanceof UserError ? error.hint : undefined;
  }
  return undefined;
}
