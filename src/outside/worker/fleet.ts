import * as z from "zod";
import { wordsOf } from "#errors.ts";
import { isSame } from "#http/login/same-secret.ts";
import { createWebClock } from "#outside/web-clock.ts";
import type { Summary } from "#outside/summary/contract.ts";
import { withinLimit } from "#within-limit.ts";
import type { AccountHost } from "./account-host.ts";
import { accountsIn, adminTokenName, type Bindings, secretsOf } from "./accounts.ts";
import { nothingHere, refusal } from "./refusal.ts";

/** The secret that opens the list of all accounts; without it there is no list. */

/** A Worker on the free plan may ask so many others, and some more. */
const mostRows = 40;
const limitMs = 5_000;

/** An account as the list has it; null is unknown. */
interface FleetRow {
  readonly name: string;
  readonly role: Summary["role"] | null;
  readonly balance_usd: number | null;
  readonly burn_per_hr_usd: number | null;
  readonly runway_hours: number | null;
  readonly silent_since: string | null;
  /** Pods are stopped from here. */
  readonly guarding: boolean | null;
  readonly pods_running: number | null;
  /** Of the present period of each budget. */
  readonly spend: readonly Pick<
    Summary["budgets"][number],
    "name" | "per" | "spent_usd" | "limit_usd" | "is_at_least"
  >[];
  readonly problem: string | null;
}

const asking = z.object({
  after: z.string().default(""),
  limit: z.coerce.number().int().min(1).max(mostRows).default(mostRows),
});

/** All accounts in the order of their names, some at a time, for who has the token. */
export async function fleet(
  { url, method, headers }: Request,
  bindings: Bindings,
  hostOf: (account: string) => Pick<AccountHost, "fetch">,
  answerLimitMs = limitMs,
): Promise<Response> {
  const token = bindings[adminTokenName];
  if (typeof token !== "string" || token === "") return nothingHere();
  const [, given = ""] = /^bearer +(.+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  if (!isSame(given, token)) return refusal(401, "not allowed");
  if (method !== "GET") return refusal(405, "this is asked for by GET");
  const { data: asked } = asking.safeParse(Object.fromEntries(new URL(url).searchParams));
  if (asked === undefined) return refusal(400, `limit is a number from 1 to ${mostRows}`);
  const left = accountsIn(bindings).filter((name) => name > asked.after);
  const names = left.slice(0, asked.limit);
  const accounts = await Promise.all(
    names.map((name) => rowOf(name, bindings, hostOf, answerLimitMs)),
  );
  const next = left.length > names.length ? (names.at(-1) ?? null) : null;
  return Response.json({ accounts, next }, { headers: { "cache-control": "no-store" } });
}

async function rowOf(
  name: string,
  bindings: Bindings,
  hostOf: (account: string) => Pick<AccountHost, "fetch">,
  answerLimitMs: number,
): Promise<FleetRow> {
  if (secretsOf(bindings, name) === undefined) return unknown(name, "its secret cannot be read");
  try {
    const asked = askHost(hostOf(name), name);
    return known(name, await withinLimit(asked, answerLimitMs, createWebClock()));
  } catch (error) {
    return unknown(name, `its guard does not answer: ${wordsOf(error)}`);
  }
}

async function askHost(host: Pick<AccountHost, "fetch">, name: string): Promise<Summary> {
  const answer = await host.fetch(new Request(`http://object/summary/${name}`));
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return (await answer.json()) as Summary;
}

function known(name: string, summary: Summary): FleetRow {
  return {
    name,
    role: summary.role,
    balance_usd: summary.balance_usd,
    burn_per_hr_usd: summary.burn_per_hr_usd,
    runway_hours: summary.hours_left,
    silent_since: summary.silent_since,
    guarding: summary.acts === "guards",
    pods_running: summary.pods_running,
    spend: summary.budgets.map(({ name: budget, per, spent_usd, limit_usd, is_at_least }) => ({
      name: budget,
      per,
      spent_usd,
      limit_usd,
      is_at_least,
    })),
    problem: problemOf(summary),
  };
}

/** What of it a person should look at first. */
function problemOf({ own_look: look, beat, troubles }: Summary): string | null {
  const all = [
    ...(look?.is_seen === false
      ? [`the account is not seen: ${look.because ?? "unknown why"}`]
      : []),
    ...(beat?.is_blind === true ? [`the guard on ${beat.host} does not see the account`] : []),
    ...troubles,
  ];
  return all.length === 0 ? null : all.join("; ");
}

function unknown(name: string, problem: string): FleetRow {
  return {
    name,
    role: null,
    balance_usd: null,
    burn_per_hr_usd: null,
    runway_hours: null,
    silent_since: null,
    guarding: null,
    pods_running: null,
    spend: [],
    problem,
  };
}
