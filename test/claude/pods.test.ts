import { describe, expect, it } from "vitest";
import { guardWith } from "../e2e/guard.ts";
import type { GuardInTime } from "../e2e/set-time.ts";
import { agentWith } from "./claude.ts";
import { expectEndByLease, guarded, launchesOf } from "./guarded.ts";
import type { Move, Script } from "./stand-in-model.ts";
import { createByRunpodctl, installRunpodctl } from "./stand-in-runpodctl.ts";

/** How Claude Code calls the MCP server of the plugin. */
const server = "mcp__plugin_runpodboss_runpodboss";
const hourMs = 3_600_000;

const bash = (command: string): Move => ({ tool: "Bash", input: { command } });
const creates: Script[number] = () => bash(createByRunpodctl);
const repeats: Script[number] = ({ result: { text } }) => ({ say: text });

/** Types the command of this name that it was told to type, with what is left to the agent filled in. */
function types(name: string): Script[number] {
  return ({ heard }) => {
    const typed = new RegExp(`runpodboss ${name} [^\\n\`]*`);
    const [command] = heard.toReversed().flatMap((text) => typed.exec(text)?.[0] ?? []);
    if (command === undefined)
      throw new Error(`told of no runpodboss ${name}: ${heard.join("\n")}`);
    return bash(command.trim().replaceAll(/\bHOURS\b/g, "1"));
  };
}

describe.concurrent("an agent that is told to create a pod with runpodctl", () => {
  it("gets one where no hook refuses it, on no lease", async (test) => {
    const guard = await guardWith(test, { balanceUsd: 50 });
    installRunpodctl(guard);
    guard.program("runpodboss", "");

    const { result } = await agentWith(test, guard, [creates, repeats]);

    const [pod, ...others] = guard.simulator.account.pods();
    expect(others).toEqual([]);
    expect(pod).toMatchObject({ name: "trainer" });
    expect(result).toContain(pod?.id);
  });

  it("has the tools of the guard", async (test) => {
    const guard = await guarded(test);

    const { result } = await agentWith(
      test,
      guard,
      [() => ({ tool: `${server}__status`, input: {} }), repeats],
      { allowed: [server] },
    );

    expect(JSON.parse(result)).toMatchObject({ balance_usd: 50 });
  });

  it("is refused, types what it was told instead, is asked before it leaves, and the pod ends with its lease", async (test) => {
    const guard = await guarded(test);

    const { session_id: session, result } = await agentWith(test, guard, [
      creates,
      types("estimate"),
      types("start"),
      () => ({ say: "It runs." }),
      ({ heard }) => ({ say: heard.findLast((text) => text.includes("runpodboss stop")) ?? "" }),
    ]);

    // Before it may leave, it is asked about the pod that it leaves behind.
    expect(result).toMatch(/trainer-rb[a-z2-7]{8}[^]*runpodboss extend/);
    await expectOnePodOnALease(guard, session);
  });

  it("starts one with the guard's tools, at a price that a person has seen, and the pod ends with its lease", async (test) => {
    const guard = await guarded(test);
    guard.program("person", says({ action: "accept", content: { confirm: true } }));

    const { session_id: session } = await agentWith(test, guard, startsByTools, {
      allowed: ["Bash", server],
      args: ["--settings", JSON.stringify({ hooks: { Elicitation: [asksThePerson] } })],
    });

    const [question] = guard.calls("person").map(({ input }) => JSON.parse(input) as Question);
    expect(question?.message).toMatch(/RTX 4090.*\n.*\n.*\$0\.\d+\/h for 1 h/);
    await expectOnePodOnALease(guard, session);
  });

  it("starts none with the guard's tools where no person can be asked", async (test) => {
    const guard = await guarded(test);

    const { result } = await agentWith(test, guard, startsByTools, { allowed: ["Bash", server] });

    expect(result).toContain("gave no answer");
    expect(guard.simulator.account.pods()).toEqual([]);
  });
});

const startsByTools: Script = [
  creates,
  () => ({ tool: `${server}__estimate`, input: { gpu: "4090", hours: 1 } }),
  ({ result: { text } }) => {
    const { quote } = JSON.parse(text) as { readonly quote: { readonly id: string } };
    const input = { quote: quote.id, image: "runpod/pytorch:latest" };
    return { tool: `${server}__start`, input };
  },
  repeats,
];

/** Answers in the place of a person what an MCP server asks: `claude -p` has nobody. */
const asksThePerson = { hooks: [{ type: "command", command: "person" }] };

const says = (answer: object): string => {
  const hookSpecificOutput = { hookEventName: "Elicitation", ...answer };
  return `console.log(${JSON.stringify(JSON.stringify({ hookSpecificOutput }))});`;
};

interface Question {
  readonly message: string;
}

/** It runs, was started by the agent, and is stopped when its hour is over, which RunPod shows. */
async function expectOnePodOnALease(guard: GuardInTime, session: string): Promise<void> {
  const [pod, ...others] = guard.simulator.account.pods();
  expect(guard.calls("runpodctl")).toEqual([]);
  expect(others).toEqual([]);
  expect(pod).toMatchObject({ status: "RUNNING", name: expect.stringMatching(/-rb[a-z2-7]{8}$/) });
  expect(launchesOf(guard)).toEqual([
    expect.objectContaining({
      pod_id: pod?.id,
      by: expect.objectContaining({ kind: "agent", agent: "claude-code", session }),
    }),
  ]);

  await expectEndByLease(guard, pod?.id ?? "", hourMs);
}
