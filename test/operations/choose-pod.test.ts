import { describe, expect, it } from "vitest";
import { choosePod, choosePodExactly, choosePods } from "#operations/choose-pod.ts";
import type { UserError } from "#errors.ts";
import { cluster, pod, seen } from "../guard/samples.ts";

const pods = [
  pod({ id: "abc1", name: "trainer" }),
  pod({ id: "abc12", name: "trainer-2" }),
  pod({ id: "xyz1", name: "twin" }),
  pod({ id: "xyz2", name: "twin" }),
  pod({ id: "q7", name: "abc1", rawName: "abc1" }),
  pod({ id: "raw1", name: "shown", rawName: "sho\u0007wn" }),
  pod({ id: "__proto__", name: "" }),
];
const look = { ...seen(), pods, unreadablePods: 0 };

function refusalOf(act: () => unknown): Pick<UserError, "message" | "hint" | "exitCode"> {
  try {
    act();
  } catch (error) {
    return error as UserError;
  }
  throw new Error("it was not refused");
}

describe("a pod is meant by", () => {
  it.each([
    ["its id, though another's id begins so and another is called so", "abc1", "abc1"],
    ["its name, though another's name begins so", "trainer", "abc1"],
    ["how only its name begins", "trainer-", "abc12"],
    ["how only its id begins", "q", "q7"],
    ["its name as RunPod has it", "sho\u0007wn", "raw1"],
    ["how its id and its name both begin, where no other's does", "s", "raw1"],
    ["an id that is a word of JavaScript's", "__proto__", "__proto__"],
  ])("%s", (_sentence, word, id) => {
    expect(choosePod(word, look).id).toBe(id);
  });

  it("several words: each pod once, in the order of the words", () => {
    const chosen = choosePods(["q7", "trainer", "abc1", "q"], look);

    expect(chosen.map(({ id }) => id)).toEqual(["q7", "abc1"]);
  });
});

describe("where no person sees what was meant", () => {
  it.each([
    ["its whole id", "abc1", "abc1"],
    ["its whole name", "trainer-2", "abc12"],
    ["its name as RunPod has it", "sho\u0007wn", "raw1"],
  ])("%s means it", (_sentence, word, id) => {
    expect(choosePodExactly(word, look).id).toBe(id);
  });

  it.each([
    ["how its id begins", "q", 'There is no pod "q".'],
    ["how its name begins", "trainer-", 'There is no pod "trainer-".'],
    ["a name that two pods have", "twin", '"twin" matches 2 pods.'],
    ["the empty word", "", 'There is no pod "".'],
  ])("%s does not", (_sentence, word, message) => {
    expect(refusalOf(() => choosePodExactly(word, look)).message).toBe(message);
  });
});

describe("it is refused", () => {
  it.each([
    ["a name that two pods have", "twin", "xyz1  twin  RUNNING\n  xyz2  twin  RUNNING"],
    ["a beginning that two ids have", "xyz", "xyz1  twin  RUNNING\n  xyz2  twin  RUNNING"],
    [
      "a beginning of one's id and others' names",
      "t",
      "abc1   trainer  RUNNING\n  abc12  trainer-2  RUNNING",
    ],
  ])("%s: it lists those", (_sentence, word, rows) => {
    const { message, hint, exitCode } = refusalOf(() => choosePod(word, look));

    expect(message).toMatch(/^".*" matches [24] pods\.$/);
    expect(hint).toContain(`Use an id:\n  ${rows}`);
    expect(hint).not.toContain("q7");
    expect(exitCode).toBe(2);
  });

  it.each([
    ["a word that fits none", "nope", '"nope"'],
    ["the empty word, which everything begins with", "", '""'],
    ["letters in another case", "TRAINER", '"TRAINER"'],
    ["what would move a terminal", "\u001b[2Jx", '"[2Jx"'],
  ])("%s: it lists all there are", (_sentence, word, shown) => {
    const { message, hint, exitCode } = refusalOf(() => choosePod(word, look));

    expect(message).toBe(`There is no pod ${shown}.`);
    expect(hint?.split("\n")).toHaveLength(1 + pods.length);
    expect(exitCode).toBe(2);
  });

  it("one word that is not clear refuses all", () => {
    expect(() => choosePods(["abc1", "nope"], look)).toThrow('There is no pod "nope".');
  });

  it("with many pods, the list stays short", () => {
    const many = Array.from({ length: 30 }, (_, n) => pod({ id: `p${n + 100}` }));

    const { hint } = refusalOf(() => choosePod("p", { ...look, pods: many, unreadablePods: 0 }));

    expect(hint?.split("\n")).toHaveLength(22);
    expect(hint).toContain("\n  and 10 more");
  });

  it("pods that cannot be read are told of", () => {
    const { hint } = refusalOf(() => choosePod("p", { ...look, pods: [], unreadablePods: 2 }));

    expect(hint).toBe(
      "There are no readable pods.\n  and 2 that could not be read: check RunPod's console",
    );
  });
});

describe("a cluster", () => {
  const rows = [cluster({ name: "node" }), pod({ id: "p1", name: "node-1" }), pod({ id: "p2" })];
  const withCluster = { ...seen(), pods: rows, unreadablePods: 0 };

  it.each([
    ["its id", "c1"],
    ["its name, though its pods' names begin so", "node"],
  ])("is meant by %s", (_sentence, word) => {
    expect(choosePod(word, withCluster).id).toBe("c1");
  });

  it.each(["m1", "node-0"])("is what a person is told to name instead of its pod %s", (word) => {
    expect(refusalOf(() => choosePod(word, withCluster))).toMatchObject({
      message:
        "Pod node-0 (m1) is one of the 2 pods of cluster node (c1). Nothing can be done to it by itself. Nothing was changed.",
      hint: "To end the whole cluster: runpodboss terminate c1\nTo keep it: runpodboss touch c1, or: runpodboss extend c1 1",
    });
  });

  it("of which a pod is called as another pod is makes that name unclear", () => {
    expect(refusalOf(() => choosePod("node-1", withCluster))).toMatchObject({
      message: '"node-1" matches 2 pods.',
      hint: "Use an id:\n  m2  node-1  RUNNING  (in cluster node (c1))\n  p1  node-1  RUNNING",
    });
    expect(choosePod("p1", withCluster).id).toBe("p1");
  });

  it("is listed as one, and its id is not pasted into a shell where it is not plain", () => {
    const odd = { ...withCluster, pods: [cluster({ id: "c;1" })] };

    expect(refusalOf(() => choosePod("nobody", odd)).hint).toContain("(a cluster of 2 pods)");
    expect(refusalOf(() => choosePod("m1", odd)).hint).toContain("runpodboss terminate CLUSTER");
  });
});
