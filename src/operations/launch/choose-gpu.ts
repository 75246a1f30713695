import { cleanName } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import type { Cloud, GpuOffer } from "#guard/model/launch.ts";
import { perHour } from "#guard/text.ts";

const mostListed = 15;

/**
 * The one GPU type that a word means: its id or its name, however written, else the only one whose name or id
 * has all of its parts: `4090`, `a100 sxm`. Throws a UserError that lists the choices.
 */
export function chooseGpu(word: string, offers: readonly GpuOffer[], cloud: Cloud): GpuOffer {
  const shown = JSON.stringify(cleanName(word));
  const found = meant(word, offers);
  const [first, ...others] = found;
  if (first === undefined) {
    throw new UserError(`RunPod has no GPU type ${shown}.`, {
      hint: listed("The types are", offers, cloud),
    });
  }
  if (others.length > 0) {
    throw new UserError(`${shown} may be any of ${found.length} GPU types.`, {
      hint: listed("Name one of them", found, cloud),
    });
  }
  return first;
}

function meant(word: string, offers: readonly GpuOffer[]): readonly GpuOffer[] {
  const wanted = partsOf(word);
  if (wanted.length === 0) return [];
  const names = ({ id, name }: GpuOffer) => [id, name];
  const isWhole = (parts: readonly string[]) => parts.join(" ") === wanted.join(" ");
  const has = (parts: readonly string[], isPart: (part: string, want: string) => boolean) =>
    wanted.every((want) => parts.some((part) => isPart(part, want)));
  const ways: readonly ((offer: GpuOffer) => boolean)[] = [
    ({ id }) => id === word,
    (offer) => names(offer).some((name) => isWhole(partsOf(name))),
    // `l4` is not the beginning of an L40.
    (offer) => has(names(offer).flatMap(partsOf), (part, want) => part === want),
    (offer) => has(names(offer).flatMap(partsOf), (part, want) => part.startsWith(want)),
    (offer) => names(offer).some((name) => partsOf(name).join("").includes(wanted.join(""))),
  ];
  return ways.map((way) => offers.filter(way)).find((some) => some.length > 0) ?? [];
}

/** `NVIDIA A100-SXM4-80GB`: nvidia, a100, sxm4, 80gb. */
function partsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function listed(start: string, offers: readonly GpuOffer[], cloud: Cloud): string {
  const sorted = offers.toSorted(
    (one, other) => (one[cloud].perHrUsd ?? Infinity) - (other[cloud].perHrUsd ?? Infinity),
  );
  const rows = sorted.slice(0, mostListed).map(({ id, name, [cloud]: offer }) => {
    const price =
      offer.perHrUsd === undefined ? `none in ${cloud}` : `${perHour(offer.perHrUsd)} in ${cloud}`;
    return `  ${asTyped(id)}${name === id ? "" : `  (${name})`}  ${price}`;
  });
  const more = offers.length - rows.length;
  return [
    offers.length === 0 ? "It offers none now. Then try: runpodboss gpus" : `${start}:`,
    ...rows,
    ...(more > 0 ? [`  and ${more} more: runpodboss gpus`] : []),
  ].join("\n");
}

/** So that one with blanks can be taken as it stands into a command. */
function asTyped(id: string): string {
  return /^[\w ./-]+$/.test(id) && id.includes(" ") ? `'${id}'` : id;
}
