import { cleanName } from "#control-characters.ts";
import { UserError } from "#errors.ts";
import { type Cloud, clouds } from "#guard/model/launch.ts";
import { hoursIn } from "#operations/parse-hours.ts";
import type { Quote } from "#store/launch/quotes-file.ts";
import { stampVariable } from "./lease-id.ts";
import { usualDiskGb, type Wish } from "./plan.ts";

/** A wish as it is typed. */
export interface WishOptions {
  readonly gpu?: string | undefined;
  readonly hours?: string | undefined;
  readonly count?: string | undefined;
  readonly volume?: string | undefined;
  readonly disk?: string | undefined;
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
}

const mostGpus = 64;
const mostDiskGb = 100_000;
/** RunPod makes no smaller disk that outlives a stop. */
const leastVolumeGb = 10;

/** What is typed for a price. Throws a UserError on what is missing or cannot be. */
export function wishFrom(options: WishOptions): Wish {
  const { gpu, hours, count = "1", volume = "0", disk, cloud = "secure", region } = options;
  if (gpu === undefined || gpu.trim() === "") {
    throw new UserError("Name a GPU: --gpu NAME.", { hint: "See what there is: runpodboss gpus" });
  }
  if (hours === undefined) {
    throw new UserError("Say for how long: --hours HOURS.", {
      hint: "The pod is on a lease of that many hours, and its lease ends it.",
    });
  }
  const volumeGb = wholeIn("--volume", volume, 0, mostDiskGb, " of GB");
  if (volumeGb > 0 && volumeGb < leastVolumeGb) {
    throw new UserError(`--volume must be at least ${leastVolumeGb} GB, or 0 for none.`);
  }
  return {
    gpu,
    forMs: hoursIn(hours),
    gpuCount: wholeIn("--count", count, 1, mostGpus),
    volumeGb,
    containerDiskGb:
      disk === undefined ? usualDiskGb : wholeIn("--disk", disk, 1, mostDiskGb, " of GB"),
    cloud: cloudIn(cloud),
    region,
  };
}

/** The wish of a quote; what is typed beside it must be the same. */
export function wishOfQuote(quote: Quote, options: WishOptions): Wish {
  const { gpuId, gpuCount, cloud, forMs, volumeGb, containerDiskGb } = quote;
  const wish = wishFrom({ ...options, gpu: gpuId, hours: options.hours ?? "1" });
  const other = [
    ["--hours", options.hours, wish.forMs === forMs],
    ["--count", options.count, wish.gpuCount === gpuCount],
    ["--volume", options.volume, wish.volumeGb === volumeGb],
    ["--cloud", options.cloud, wish.cloud === cloud],
    ["--disk", options.disk, wish.containerDiskGb === containerDiskGb],
  ].find(([, typed, isSame]) => typed !== undefined && isSame === false);
  if (other !== undefined) {
    throw new UserError(`${other[0]} is not what quote ${quote.id} is for.`, {
      hint: "Leave it out, or ask for another quote: runpodboss estimate",
    });
  }
  return { ...wish, gpuCount, cloud, forMs, volumeGb, containerDiskGb };
}

function cloudIn(typed: string): Cloud {
  const cloud = clouds.find((each) => each === typed.toLowerCase());
  if (cloud !== undefined) return cloud;
  throw new UserError(`--cloud must be secure or community (got ${shown(typed)}).`);
}

function wholeIn(option: string, typed: string, least: number, most: number, unit = ""): number {
  const value = /^\d{1,9}$/.test(typed) ? Number(typed) : NaN;
  if (value >= least && value <= most) return value;
  throw new UserError(
    `${option} must be a whole number${unit} from ${least} to ${most} (got ${shown(typed)}).`,
  );
}

/** What a pod is made of, as it is typed. */
export interface PodOptions {
  readonly image?: string | undefined;
  readonly template?: string | undefined;
  readonly name?: string | undefined;
  readonly networkVolume?: string | undefined;
  readonly ports?: string | undefined;
  readonly env?: readonly string[] | undefined;
  readonly wait?: string | undefined;
}

export interface PodWish {
  readonly image: string | undefined;
  readonly templateId: string | undefined;
  readonly name: string;
  readonly networkVolumeId: string | undefined;
  readonly ports: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly waitMs: number;
}

const usualPorts = "22/tcp,8888/http";
const usualWaitMinutes = "10";
const mostWaitMinutes = 120;

/** Throws a UserError, which holds no value of the pod's environment. */
export function podWishFrom(
  options: PodOptions,
  volumeGb: number,
  own: NodeJS.ProcessEnv,
): PodWish {
  const { image, template, name = "pod", networkVolume, ports = usualPorts } = options;
  if ((image === undefined) === (template === undefined)) {
    throw new UserError("Name either an --image or a --template.", {
      hint: "For example:\n  --image runpod/pytorch:2.8.0-py3.11-cuda12.8.1-cudnn-devel-ubuntu22.04",
    });
  }
  if (networkVolume !== undefined && volumeGb > 0) {
    throw new UserError("A pod has a --volume or a --network-volume, not both.");
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/.test(name)) {
    throw new UserError(
      `--name must be 1 to 48 letters, digits, dots, dashes or underscores (got ${shown(name)}).`,
    );
  }
  return {
    image: image === undefined ? undefined : wordIn("--image", image),
    templateId: template === undefined ? undefined : wordIn("--template", template),
    name,
    networkVolumeId:
      networkVolume === undefined ? undefined : wordIn("--network-volume", networkVolume),
    ports: portsIn(ports),
    env: envIn(options.env ?? [], own),
    waitMs:
      wholeIn("--wait", options.wait ?? usualWaitMinutes, 0, mostWaitMinutes, " of minutes") *
      60_000,
  };
}

function wordIn(option: string, typed: string): string {
  if (/^[\x21-\x7e]{1,512}$/.test(typed)) return typed;
  throw new UserError(`${option} must be one word (got ${shown(typed)}).`);
}

function portsIn(typed: string): readonly string[] {
  const ports = typed
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const wrong = ports.find((each) => {
    const [, port] = /^(\d{1,5})\/(?:http|tcp)$/.exec(each) ?? [];
    return port === undefined || Number(port) < 1 || Number(port) > 65_535;
  });
  if (wrong === undefined) return ports;
  throw new UserError(`--ports must be such as 22/tcp,8888/http (got ${shown(wrong)}).`);
}

/** `K=V`, or `K` alone for the value that it has here: so it stands in no list of processes. */
function envIn(typed: readonly string[], own: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const each of typed) {
    const at = each.indexOf("=");
    const name = at < 0 ? each : each.slice(0, at);
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
      throw new UserError("--env must be NAME=VALUE, or NAME for the value that it has here.");
    }
    if (name === stampVariable) {
      throw new UserError(`--env ${stampVariable} cannot be set: by it the pod is known again.`);
    }
    const value = at < 0 ? own[name] : each.slice(at + 1);
    if (value === undefined) {
      throw new UserError(`--env ${name}: there is no such variable here.`, {
        hint: `Set it, or give its value: --env ${name}=VALUE`,
      });
    }
    found.set(name, value);
  }
  return Object.fromEntries(found);
}

function shown(typed: string): string {
  return JSON.stringify(cleanName(typed).slice(0, 60));
}
