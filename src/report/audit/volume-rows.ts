import type { HeldPod, Holdings, List, NetworkVolume, Part } from "#guard/model/holdings.ts";
import { networkVolumePerDayUsd } from "./list-prices.ts";
import { type AuditRow, pages } from "./row.ts";

/** Network volumes bill whatever uses them. */
export function volumeRows(holdings: Holdings): readonly AuditRow[] {
  if (holdings.volumes.kind === "unread") return [];
  const used = usedVolumes(holdings);
  return holdings.volumes.value.rows.map((volume) => {
    const uses = used.ids.has(volume.id) ? "yes" : used.isWhole ? "no" : "unknown";
    return {
      what: "network volume",
      id: volume.id,
      name: volume.name,
      perDayUsd: priceOf(volume),
      priceFrom: "list",
      ...(uses !== "unknown" && { isUnattached: uses === "no" }),
      because: `${sizeWords(volume)}${useWords[uses]}`,
      endWith: pages.storage,
    };
  });
}

const useWords = {
  yes: "in use",
  no: "ATTACHED TO NOTHING",
  unknown: "whether anything uses it is unknown",
} as const;

/** A volume that nothing names is used by nothing only where everything could be read. */
function usedVolumes({ pods, endpoints }: Holdings): {
  readonly ids: ReadonlySet<string>;
  readonly isWhole: boolean;
} {
  const lists = [usersIn(pods), usersIn(endpoints)];
  const rows = lists.flatMap((list) => list?.rows ?? []);
  const isWhole =
    lists.every((list) => list?.unreadable === 0) &&
    rows.every(({ networkVolumeIds }) => networkVolumeIds !== undefined);
  return { ids: new Set(rows.flatMap(({ networkVolumeIds = [] }) => networkVolumeIds)), isWhole };
}

type User = Pick<HeldPod, "networkVolumeIds">;

function usersIn(part: Part<List<User>>): List<User> | undefined {
  return part.kind === "read" ? part.value : undefined;
}

function priceOf({ sizeGb, tier }: NetworkVolume): number | undefined {
  return sizeGb === undefined || tier !== "standard" ? undefined : networkVolumePerDayUsd(sizeGb);
}

function sizeWords({ sizeGb, tier }: NetworkVolume): string {
  const size = sizeGb === undefined ? "size unknown" : `${sizeGb} GB`;
  switch (tier) {
    case "standard":
      return `${size}, `;
    case "high-performance":
      return `${size}, high-performance (no list price), `;
    case undefined:
      return `${size}, tier unknown, `;
  }
}
