import type { Section } from "../faults/section.ts";
import { table } from "../faults/table.ts";
import { type Kind, roundOf } from "./rounds.ts";
import type { Polled, Watched } from "./watched.ts";

const any = [0.2, 80] as const;
const large = [24, 24] as const;

const kinds: readonly Kind[] = [
  { name: "by the second", tickMs: 1_000, burn: any, jumps: false },
  { name: "every minute", tickMs: 60_000, burn: any, jumps: false },
  { name: "every 5 min", tickMs: 300_000, burn: any, jumps: false },
  { name: "by the second, pods come and go", tickMs: 1_000, burn: any, jumps: true },
  { name: "every minute, pods come and go", tickMs: 60_000, burn: any, jumps: true },
  { name: "every 5 min, pods come and go", tickMs: 300_000, burn: any, jumps: true },
  { name: "by the second, at $24/h", tickMs: 1_000, burn: large, jumps: false },
  { name: "every minute, at $24/h", tickMs: 60_000, burn: large, jumps: false },
  { name: "every 5 min, at $24/h", tickMs: 300_000, burn: large, jumps: false },
];

const head = [
  "Charged",
  "polls",
  "p50",
  "p95",
  "max",
  "polls an hour, > 1 h from the line",
  "in all",
  "overspend, mean",
  "max",
  "of the mean, not shown yet",
];

/** How soon a crossing is seen, at a fixed pace and at one that adapts, side by side. */
export function crossingSection(seed: number, accounts: number): Section {
  const shortfalls: string[] = [];
  const rows = kinds.flatMap((kind) => {
    const { fixed, adaptive } = roundOf(kind, accounts, seed);
    shortfalls.push(...shortOf(kind, figuresOf(adaptive)));
    return [row(kind, "fixed", figuresOf(fixed)), row(kind, "adaptive", figuresOf(adaptive))];
  });
  const text = [
    `${accounts} accounts in each row, on compressed time (seed ${seed}): the real decision and the real pace of the polls, against simulated accounts that RunPod charges so often, with a second of jitter. Burn drawn from $0.20/h to $80/h where no other is given, the line drawn so that it is crossed within 1 min to 3 h; where pods come and go, a burn drawn anew every half hour on average. Poll interval 60 s; RunPod answers within 0.15 to 1.5 s; whoever is called at the trip has stopped the pods 1 to 4 s later.`,
    "Delay: from the moment at which RunPod's balance is below the line until the trip. Overspend: what burns below the line until the pods have stopped, charged or not; a balance that is charged every few minutes does not show it before, however often it is polled. Polls an hour: while the line was more than an hour away at the burn of then, and all.",
    table(head, rows),
  ];
  return { title: "How soon a crossing is seen", text: text.join("\n\n"), shortfalls };
}

interface Figures {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly farAnHour: number;
  readonly anHour: number;
  readonly meanUsd: number;
  readonly maxUsd: number;
  readonly unshownUsd: number;
}

function figuresOf(all: readonly Watched[]): Figures {
  const delays = all.map(({ delayMs }) => delayMs / 1_000).toSorted((a, b) => a - b);
  const at = (share: number): number => delays[Math.ceil(share * delays.length) - 1] ?? NaN;
  return {
    p50: at(0.5),
    p95: at(0.95),
    max: at(1),
    farAnHour: rate(all.map(({ far }) => far)),
    anHour: rate(all.map((each) => each.all)),
    meanUsd: mean(all.map(({ overspendUsd }) => overspendUsd)),
    maxUsd: Math.max(...all.map(({ overspendUsd }) => overspendUsd)),
    unshownUsd: mean(all.map(({ unshownUsd }) => unshownUsd)),
  };
}

function rate(polled: readonly Polled[]): number {
  const sum = (of: keyof Polled): number => polled.reduce((all, each) => all + each[of], 0);
  return sum("polls") / sum("hours");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function row({ name }: Kind, pace: string, found: Figures): readonly string[] {
  const { p50, p95, max, farAnHour, anHour, meanUsd, maxUsd, unshownUsd } = found;
  return [
    name,
    pace,
    ...[p50, p95, max].map((each) => `${each.toFixed(1)} s`),
    farAnHour.toFixed(1),
    anHour.toFixed(1),
    ...[meanUsd, maxUsd, unshownUsd].map((each) => `$${each.toFixed(3)}`),
  ];
}

/** What was aimed at for accounts that are charged by the second and whose burn does not change. */
function shortOf({ name, tickMs, burn, jumps }: Kind, found: Figures): readonly string[] {
  const { p95, max, farAnHour, meanUsd, unshownUsd } = found;
  const isOfAll = tickMs === 1_000 && !jumps;
  const isAt24 = burn === large;
  return [
    ...(isOfAll && p95 > 6 ? [`${name}: p95 ${p95.toFixed(1)} s, not 6 s`] : []),
    ...(isOfAll && max > 15 ? [`${name}: max ${max.toFixed(1)} s, not 15 s`] : []),
    ...(isOfAll && farAnHour > 60.05
      ? [`${name}: ${farAnHour.toFixed(1)} polls an hour, not 60`]
      : []),
    ...(isAt24 && meanUsd > 0.1
      ? [
          `${name}: $${meanUsd.toFixed(2)} in the mean, not $0.10, of which $${unshownUsd.toFixed(2)} before RunPod shows the crossing`,
        ]
      : []),
  ];
}
