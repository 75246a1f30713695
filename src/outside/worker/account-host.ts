import { type AccountGuard, createAccountGuard } from "#outside/account/account-guard.ts";
import type { AccountGuardDeps, SignedAnswer } from "#outside/account/deps.ts";
import { drill } from "#outside/drill/drill.ts";
import { secretsMark } from "#outside/beat/marks.ts";
import { type Signed, signatureOf, signedKinds } from "#outside/beat/signature.ts";
import { fetchRequest } from "#outside/fetch-request.ts";
import type { Kept } from "#outside/kept.ts";
import { boundedChannel } from "#notify/bounded.ts";
import { createChannelOverHttp, type OverHttp } from "#notify/create-over-http.ts";
import { ofAccount } from "#notify/of-account.ts";
import { channelSecrets } from "#notify/secrets.ts";
import { realPaces } from "#paces.ts";
import type { Clock } from "#ports.ts";
import { createRedactor } from "#redact.ts";
import { createDeciding } from "#runpod/auto/account.ts";
import { createAccounts } from "#runpod/account.ts";
import { type AccountSecrets, type Bindings, secretsOf, secretsTextOf } from "./accounts.ts";
import { consoleLog } from "./console-log.ts";
import { phoneResponse } from "./phone-response.ts";
import { pageResponse } from "./page-response.ts";
import { nothingHere, refusal } from "./refusal.ts";

/** What hosts one account, on whatever it runs: answers what is said to it, and wakes its guard. */
export interface AccountHost {
  /** The account is the second part of the path. */
  fetch(request: Request): Promise<Response>;
  /** Never throws. */
  wake(): Promise<void>;
}

interface Made {
  readonly account: string;
  /** As it was given. */
  readonly secretsText: string;
  readonly guard: AccountGuard;
  readonly deps: AccountGuardDeps;
  /** Takes out what must be shown nowhere. */
  readonly redact: (text: string) => string;
}

/** `bindings` hold the secrets of the accounts. */
export function createAccountHost(
  kept: Kept,
  bindings: Bindings,
  clock: Clock,
  logOf: typeof consoleLog = consoleLog,
): AccountHost {
  let made: Made | undefined;

  function madeFor(account: string): Made | undefined {
    if (made?.account === account) return made;
    const secrets = secretsOf(bindings, account);
    const secretsText = secretsTextOf(bindings, account);
    if (secrets === undefined || secretsText === undefined) return undefined;
    const { beatKey, apiKey, channels } = secrets;
    const redact = createRedactor([beatKey, apiKey, ...channels.flatMap(channelSecrets)]);
    const parts = { kept, clock, log: logOf(account, redact) };
    const deps = depsOf(account, secrets, parts);
    made = { account, secretsText, redact, deps, guard: createAccountGuard(deps) };
    return made;
  }

  return {
    async fetch(request) {
      const [, what = "", account = ""] = new URL(request.url).pathname.split("/");
      const found = madeFor(account);
      if (found === undefined) return refusal(404, "there is no such account");
      const { guard, deps, redact } = found;
      const signed = signedKinds.find((each) => each === what);
      if (signed !== undefined) {
        const count = Number(request.headers.get("x-runpodboss-count"));
        const signature = request.headers.get("x-runpodboss-signature") ?? "";
        const body = await request.text();
        const answered = await guard.receive(signed, { count, signature, body });
        if (answered.kind === "refused") return refusal(403, answered.because);
        const kind = `answer-${signed}` as const;
        const answer = await answerTo(answered, found);
        return withSignature(answer, deps.beatKey, { kind, account, count });
      }
      if (what === "act") return phoneResponse(guard, request);
      if (what === "page") return pageResponse(withoutSecrets(await guard.summary(), redact));
      if (what === "summary") return Response.json(withoutSecrets(await guard.summary(), redact));
      if (what === "tick") {
        await guard.wake();
        return Response.json({});
      }
      return nothingHere();
    },
    async wake() {
      const { account } = await kept.read();
      await (account === undefined ? undefined : madeFor(account)?.guard.wake());
    },
  };
}

async function answerTo(
  answered: Exclude<SignedAnswer, { kind: "refused" }>,
  { deps, secretsText, redact }: Made,
): Promise<Response> {
  switch (answered.kind) {
    case "heard":
    case "ordered":
    case "forgotten":
      return Response.json(answered);
    case "summed-up": {
      const secrets = await secretsMark(deps.beatKey, secretsText);
      return Response.json({ ...withoutSecrets(answered, redact), secrets });
    }
    case "may-drill":
      // Beside all else: no beat waits for it.
      return Response.json(withoutSecrets(await drill(deps), redact));
    case "replayed":
      return Response.json(answered, { status: 409 });
  }
}

async function withSignature(
  answer: Response,
  beatKey: string,
  signed: Omit<Signed, "body">,
): Promise<Response> {
  const { status, headers } = answer;
  const body = await answer.text();
  headers.set("x-runpodboss-signature", await signatureOf(beatKey, { ...signed, body }));
  return new Response(body, { status, headers });
}

/** What people are shown holds no secret, though what failed may have quoted one. */
function withoutSecrets<Shown>(shown: Shown, redact: Made["redact"]): Shown {
  // Text by text: a secret that is a number may stand in any number.
  const clean = (_key: string, value: unknown): unknown =>
    typeof value === "string" ? redact(value) : value;
  return JSON.parse(JSON.stringify(shown), clean) as Shown;
}

function depsOf(
  account: string,
  secrets: AccountSecrets,
  { kept, clock, log }: Pick<AccountGuardDeps, "kept" | "clock" | "log">,
): AccountGuardDeps {
  const { beatKey } = secrets;
  // Mail goes by connections that cannot be made from here.
  const channels = secrets.channels.filter((each): each is OverHttp => each.type !== "email");
  const requests = { paces: realPaces.request, request: fetchRequest };
  return {
    account,
    kept,
    clock,
    log,
    beatKey,
    runpod: (decider) =>
      createAccounts({ ...secrets, clock, ...requests, deciding: createDeciding(decider) }).account,
    channels: channels.map((each) =>
      boundedChannel(
        // As the account's own machine has it: what one side opened the other closes.
        ofAccount(createChannelOverHttp(each, { request: fetchRequest, clock }), each.account),
        each.timeLimitMs,
        clock,
      ),
    ),
    channelPolicies: channels.map(({ name, events, minSeverity }) => ({
      name,
      events,
      minSeverity,
    })),
    accepted: new Set(),
  };
}
