import { describe, expect, it } from "vitest";
import { refuseBeforeDaemonFollows } from "#operations/daemon-clock.ts";
import { at, pod, stateWith } from "../guard/samples.ts";

const asked = (lookedAtMs: number | undefined, guardPid: number | undefined) => () =>
  refuseBeforeDaemonFollows(pod(), { saved: { ...stateWith({}), lookedAtMs }, guardPid }, at(60));

describe("what is said to a pod", () => {
  it("is refused while the daemon's clock is ahead, as it would not be honoured", () => {
    expect(asked(at(120), 1)).toThrow(
      "Pod trainer (p1): nothing was changed, as the daemon's clock is 1 h 0 min ahead of this one.",
    );
  });

  it.each([
    ["the daemon's clock is right", at(60), 1],
    ["it is two minutes ahead, as clocks may be", at(62), 1],
    ["it is behind: what comes from the future begins when it is read", at(0), 1],
    ["no daemon runs: the next one begins by the clock of then", at(120), undefined],
    ["nobody has looked yet", undefined, 1],
  ])("is taken where %s", (_sentence, lookedAtMs, guardPid) => {
    expect(asked(lookedAtMs, guardPid)).not.toThrow();
  });
});
