import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { decide } from "#guard/decide.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { realPaces } from "#paces.ts";
import { createGraphqlAccount } from "#runpod/graphql/account.ts";
import { exchange } from "#requests/exchange.ts";
import { afterSaving } from "../../store/saved-state.ts";
import { badAnswer, type BadAnswer, lineUsd } from "./bad-bodies.ts";
import { balanceIn } from "./oracle.ts";
import { seeded } from "./seeded.ts";
import { sideBySide } from "./side-by-side.ts";

export interface BadAnswersResult {
  readonly bodies: number;
  /** What must not happen, each with what caused it. */
  readonly throws: readonly string[];
  readonly falseTrips: readonly string[];
  readonly falseRearms: readonly string[];
  /** A balance other than the one that is there. */
  readonly misread: readonly string[];
  /** The state afterwards could not be saved and loaded again. */
  readonly unsaved: readonly string[];
  /** How many were taken for a balance, and how many of those that hold one were not. */
  readonly seen: number;
  readonly notTaken: readonly string[];
}

const policy: Policy = {
  thresholds: [
    {
      name: "line",
      belowUsd: lineUsd,
      answers: ["notify", "call-agent"],
      backstop: { action: "stop", afterMs: 0 },
    },
  ],
  tells: true,
  channels: [],
  protect: ["keep-*"],
  blindAfterMs: 0,
  agentAttempts: 3,
  endRetry: realPaces.endRetry,
  noticeRetry: realPaces.noticeRetry,
  podGuards: { warnMs: 0, maxEndsPerHour: 1, gapMs: 180_000, command: "runpodboss" },
};

const armed: GuardState = { ...emptyState, fired: { line: false } };
const fired: GuardState = { ...emptyState, fired: { line: true }, trippedAtMs: { line: 0 } };

/** Broken answers through the real client, over a real socket, into the real decision. */
export async function badAnswers(count: number, seed: number): Promise<BadAnswersResult> {
  const result = {
    bodies: count,
    throws: [] as string[],
    falseTrips: [] as string[],
    falseRearms: [] as string[],
    misread: [] as string[],
    unsaved: [] as string[],
    seen: 0,
    notTaken: [] as string[],
  };
  const answers = new Map<string, BadAnswer>();
  const server = createServer((request, response) => {
    const answer = answers.get(request.url ?? "");
    request.resume().on("end", () => send(response, answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const signal = new AbortController().signal;

  async function one(n: number): Promise<void> {
    const answer = badAnswer(seeded(seed + n));
    const where = `seed ${seed + n}: ${answer.how}`;
    const path = `/${n}`;
    answers.set(path, answer);
    try {
      const url = `http://127.0.0.1:${port}${path}`;
      const account = createGraphqlAccount({
        request: exchange,
        url,
        apiKey: "bench",
        nowMs: () => n,
        timeLimitMs: 2_000,
      });
      compare(answer, await account.look(signal), where);
    } catch (error) {
      result.throws.push(`${where}: ${String(error)}`);
    }
    answers.delete(path);
  }

  function compare(answer: BadAnswer, look: Look, where: string): void {
    const truth = answer.isCut ? undefined : balanceIn(answer);
    if (look.kind === "seen") {
      result.seen += 1;
      if (look.balanceUsd !== truth) result.misread.push(`${where}: ${look.balanceUsd}`);
    } else if (truth !== undefined) {
      result.notTaken.push(`${where}: ${look.because}`);
    }
    for (const before of [armed, fired]) {
      const { events, state } = decide(before, { kind: "look", look }, policy);
      const happened = (kind: string): boolean => events.some((event) => event.kind === kind);
      const isBelow = truth !== undefined && truth < lineUsd;
      const isAbove = truth !== undefined && truth >= lineUsd;
      const owesHarm = state.owed.some(({ kind }) => kind !== "notify");
      if ((happened("trip") || owesHarm) && !isBelow) result.falseTrips.push(where);
      if (happened("rearm") && !isAbove) result.falseRearms.push(where);
      if (!canBeSaved(state)) result.unsaved.push(where);
    }
  }

  const numbers = Array.from({ length: count }, (_, n) => n);
  await sideBySide(numbers, 8, one);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return result;
}

function send(response: ServerResponse, answer: BadAnswer | undefined): void {
  if (answer === undefined) return void response.destroy();
  const { status, type, body, isCut } = answer;
  response.writeHead(status, {
    ...(type !== undefined && { "content-type": type }),
    "content-length": body.length + (isCut ? 1 : 0),
  });
  if (isCut) response.write(body, () => response.destroy());
  else response.end(body);
}

function canBeSaved(state: GuardState): boolean {
  try {
    afterSaving(state);
    return true;
  } catch {
    return false;
  }
}
