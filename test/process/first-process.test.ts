import { describe, expect, it } from "vitest";
import { firstProcessWarning } from "#process/first-process.ts";

describe("the first process of a container", () => {
  it("is told what it cannot do, and the remedy", () => {
    expect(firstProcessWarning(1)).toMatch(/zombie.*--init \(docker, podman\).*tini/);
  });

  it.each([
    ["the second, behind an init", 2],
    ["any other", process.pid],
  ])("%s is told nothing", (_sentence, pid) => {
    expect(firstProcessWarning(pid)).toBeUndefined();
  });
});
