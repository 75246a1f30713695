import { describe, expect, it, type TestContext } from "vitest";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import type { Link } from "#http/links/link.ts";
import { outsideLinkKeyOf, sealed } from "#http/links/seal.ts";
import type { SignedAnswer } from "#outside/account/deps.ts";
import { textsOf } from "#outside/account/kept-state.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { guarding, leaseGuard, pod as samplePod, seen } from "../guard/samples.ts";
import { beatKey, minuteMs, world } from "./world.ts";

const pod = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };
const policy = guarding({ lease: leaseGuard });

/** As the daemon has seen the pod run. */
function stateNow(): GuardState {
  const look = seen({ atMs: Date.now(), pods: [samplePod()] });
  return decide(emptyState, { kind: "look", look }, policy).state;
}

function tokenFor(
  state: GuardState,
  by: ReturnType<typeof outsideLinkKeyOf>,
  link: Partial<Link> = {},
): string {
  const run = state.runs["p1"];
  if (run === undefined) throw new Error("there is no such run");
  const made = { podId: "p1", run: runNameOf(run), about: { kind: "burn" }, madeAtMs: Date.now() };
  return sealed({ action: "stop", ...made, ...link } as Link, by) ?? "";
}

/** A Worker that has heard a beat, and a phone with the button of a notification. */
async function phone(test: TestContext, link: Partial<Link> = {}, changes: Partial<Beat> = {}) {
  const its = await world(test, { pods: [pod], policy });
  const state = stateNow();
  const key = outsideLinkKeyOf(beatKey, its.account);
  const token = tokenFor(state, key, link);
  const send = (more: Partial<Beat> = {}) => its.send({ ...textsOf(state), ...changes, ...more });
  const address = (which = token) => new URL(`/act/${its.account}/${which}`, its.url);
  const read = async (response: Response) => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  });
  return {
    ...its,
    state,
    key,
    token,
    send,
    open: async (which?: string) => read(await fetch(address(which))),
    press: async (which?: string, body = "sure=yes") =>
      read(
        await fetch(address(which), {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body,
        }),
      ),
  };
}

const wishesIn = (answer: SignedAnswer) =>
  (answer.kind === "heard" ? answer.wishes : undefined) ?? [];

describe.concurrent("a button that leads to the guard outside", () => {
  it("asks before anything is done, and says by when it is", async (test) => {
    const { send, open } = await phone(test);
    await send();

    const { status, text, headers } = await open();

    expect(status).toBe(200);
    for (const words of [
      "<h1>Stop pod trainer (p1)?</h1>",
      "By the guard on gpu-box, with its next beat, in at most 1 min",
      '<form method="post">',
    ]) {
      expect(text).toContain(words);
    }
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    );
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it.for<[sentence: string, body: string]>([
    ["is only looked at", ""],
    ["is pressed by what has not seen the question", "sure=no"],
  ])("changes nothing where it %s", async ([, body], test) => {
    const { send, open, press } = await phone(test);
    await send();
    await (body === "" ? open() : press(undefined, body));

    expect(wishesIn((await send()).answer)).toEqual([]);
  });

  it("reaches the daemon by its beats until that has said what came of it, which it then shows", async (test) => {
    const { send, open, press, token } = await phone(test);
    await send();

    const pressed = await press();
    const first = wishesIn((await send()).answer);
    const again = wishesIn((await send()).answer);
    const took = { id: first[0]?.id ?? "", isOver: true, isDone: true, words: "Stopped it." };
    const { answer } = await send({ tookWishes: [took] });

    expect(pressed.text).toContain("<h1>Asked for: Stop pod trainer (p1)</h1>");
    expect(first).toMatchObject([{ token }]);
    expect(again).toEqual(first);
    expect(wishesIn(answer)).toEqual([]);
    expect((await open()).text).toContain("Stopped it.");
  });

  it("is good for once, however often it is pressed", async (test) => {
    const { send, press } = await phone(test);
    await send();

    await Promise.all([press(), press(), press()]);

    expect(wishesIn((await send()).answer)).toHaveLength(1);
  });

  it("can be pressed again where it came to nothing, and says why it did", async (test) => {
    const { send, open, press } = await phone(test);
    await send();
    await press();
    const [wish] = wishesIn((await send()).answer);
    await send({
      tookWishes: [
        { id: wish?.id ?? "", isOver: true, isDone: false, words: "RunPod did not answer." },
      ],
    });

    const { text } = await open();
    await press();

    expect(text).toContain("It was pressed already, and was not done: RunPod did not answer.");
    const [second] = wishesIn((await send()).answer);
    expect(second?.id).toBeDefined();
    expect(second?.id).not.toBe(wish?.id);
  });

  it.for<[sentence: string, token: (state: GuardState, account: string) => string]>([
    [
      "by another key",
      (state, account) => tokenFor(state, outsideLinkKeyOf(`another ${beatKey}`, account)),
    ],
    ["for another account", (state) => tokenFor(state, outsideLinkKeyOf(beatKey, "other"))],
    [
      "for another pod, by whoever has one",
      (state, account) => {
        const key = outsideLinkKeyOf(beatKey, account);
        const [, signature] = tokenFor(state, key).split(".");
        const [payload] = tokenFor(state, key, { podId: "p2" }).split(".");
        return `${payload}.${signature}`;
      },
    ],
    ["by nobody", () => "no-token"],
  ])("is unknown where it was made %s", async ([, made], test) => {
    const { send, open, press, state, account } = await phone(test);
    await send();

    const answers = [await open(made(state, account)), await press(made(state, account))];

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(wishesIn((await send()).answer)).toEqual([]);
  });

  it.for<
    [sentence: string, link: Partial<Link>, changes: Partial<Beat>, status: number, words: string]
  >([
    [
      "a day is over",
      { madeAtMs: Date.now() - 25 * 60 * minuteMs },
      {},
      410,
      "It was good for 24 hours, which are over. Nothing was changed.",
    ],
    [
      "the pod runs no more",
      { podId: "p9" },
      {},
      410,
      "Pod p9 no longer runs. Nothing was changed.",
    ],
    ["the pod was started again", { run: "another" }, {}, 410, "was stopped and started again"],
    ["its guard is blind", {}, { look: { isBlind: true, pods: null } }, 503, "is not known now"],
  ])("does nothing where %s", async ([, link, changes, status, words], test) => {
    const { send, open, press } = await phone(test, link, changes);
    await send();

    const opened = await open();
    const pressed = await press();

    expect(opened).toMatchObject({ status, text: expect.stringContaining(words) as string });
    expect(pressed.status).toBe(status);
    expect(wishesIn((await send()).answer)).toEqual([]);
  });

  it("says that too much is asked where one is opened again and again", async (test) => {
    const { send, open } = await phone(test);
    await send();

    const answers = await Promise.all(Array.from({ length: 100 }, () => open()));

    expect(answers.map(({ status }) => status)).toContain(429);
  });
});
