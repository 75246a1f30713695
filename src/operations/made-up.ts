import { lineWords } from "#guard/account/lines/line.ts";
import type { Line } from "#guard/model/policy.ts";
import type { Pod, Seen } from "#guard/model/account.ts";
import type { Notify, Severity } from "#guard/model/effect.ts";
import { fixed, usd } from "#guard/text.ts";

/** What breaks a command or a service that hands words on carelessly must break it in a test. */
const awkward = `Does all of this arrive? "double" 'single' $HOME {name} *b* <i> & \n ÄÖÜ ß 🔥`;

/** What its pods cost together. */
export const madeUpBurnPerHrUsd = 2.18;

/** An account with that balance, and pods that do not exist. */
export function madeUpLook(balanceUsd: number, atMs: number): Seen {
  const pod = (id: string, name: string, costPerHrUsd: number): Pod => ({
    id,
    name,
    rawName: name,
    status: "running",
    word: "RUNNING",
    costPerHrUsd,
    hasNetworkVolume: false,
    isLocked: false,
  });
  return {
    kind: "seen",
    atMs,
    balanceUsd: Number(fixed(balanceUsd, 4)),
    burnPerHrUsd: madeUpBurnPerHrUsd,
    pods: [
      pod("drill000000001", `drill ${awkward.replace("\n", " ")}`, 1.49),
      pod("drill000000002", "drill-idle", 0.69),
    ],
    unreadablePods: 0,
  };
}

/** A made-up crossing. No two of them share an id or an incident, by which services keep only one. */
export function drillNotice(
  { name, belowUsd, belowHours }: Line & { readonly name: string },
  severity: Severity,
  look: Seen,
): Notify {
  const { balanceUsd } = look;
  const because = `THIS IS A DRILL: a made-up balance of ${usd(balanceUsd)} is below ${lineWords({ belowUsd, belowHours })}. ${awkward}`;
  return { ...madeUpNotice(name, severity, because, look), threshold: name, belowUsd, belowHours };
}

/** A message of that severity which is about nothing. */
export function testNotice(severity: Severity, look: Seen): Notify {
  const because = `THIS IS A TEST of what is ${severity}: the balance and the pods are made up. ${awkward}`;
  return {
    ...madeUpNotice(severity, severity, because, look),
    next: [{ what: "nothing, as this is a test" }],
    remedy: { words: "To see what really runs", command: "runpodboss status" },
  };
}

function madeUpNotice(name: string, severity: Severity, because: string, look: Seen): Notify {
  const { atMs, balanceUsd, burnPerHrUsd, pods } = look;
  const id = `notify:drill:${name}:${atMs}`;
  return {
    kind: "notify",
    id,
    event: "drill",
    name,
    severity,
    incident: id,
    because,
    balanceUsd,
    burnPerHrUsd,
    podIds: pods === "unknown" ? [] : pods.map((pod) => pod.id),
    atMs,
    tries: 0,
    notBeforeMs: atMs,
  };
}
