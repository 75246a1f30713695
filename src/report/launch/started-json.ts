import { rounded } from "#guard/text.ts";
import { isoOrNull } from "#report/iso.ts";
import type { Pod } from "#guard/model/account.ts";
import type { Launch } from "#guard/model/launch.ts";

interface StartedFacts {
  readonly kind: string;
  readonly launch: Launch;
  readonly pod: Pod | undefined;
  readonly because: string | undefined;
  readonly ssh: string | undefined;
}

/** The same keys whatever became of it; `null` is unknown, or what there is not. */
export function startedJson({ kind, launch, pod, because, ssh }: StartedFacts) {
  const { id, name, endsAtMs, by } = launch;
  const cost = pod?.costPerHrUsd;
  return {
    is: kind,
    pod: {
      id: pod?.id ?? launch.podId ?? null,
      name,
      status: pod?.word ?? null,
      cost_per_hr_usd: cost === undefined ? null : rounded(cost),
    },
    lease: { id, ends_at: isoOrNull(endsAtMs) },
    started_by: {
      kind: by.kind,
      agent: by.agent ?? null,
      session: by.session ?? null,
      host: by.host,
    },
    ssh: ssh ?? null,
    because: because ?? null,
  };
}
