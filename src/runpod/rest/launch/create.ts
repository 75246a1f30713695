import type { CreateAnswer, PodOrder } from "#guard/model/launch.ts";
import type { Answer, HttpRequest } from "#requests/answer.ts";
import { createdIn, notCreated } from "#runpod/launch/created.ts";
import type { Json } from "#runpod/readings.ts";
import { addressOf } from "#runpod/rest/address.ts";
import type { Ask, Refused } from "#runpod/rest/ask.ts";
import { isForbidden } from "#runpod/rest/scopes.ts";

const mountPath = "/workspace";
/** Of a disk that outlives a stop. */
const leastVolumeGb = 10;
const problemType = /^application\/problem\+json\b/i;
/** With these RunPod says no before it does anything. Whatever else it says may have happened. */
const refusals: readonly (number | undefined)[] = [400, 401, 402, 403, 404, 409, 413, 422, 429];
/** What a refusal says that is about the key: one of another reason names a GPU or a data center. */
const ofKey = /\bapi key\b|\bkeys?\b|\bscopes?\b|\bpermissions?\b|\b[a-z][a-z-]*:(read|write)\b/i;

/** Makes what sends the order, given what it is to be sent through. */
type AskThrough = (noting: (request: HttpRequest) => HttpRequest) => Ask;

/** Asks once for a pod. Never throws. */
export async function askForPod(
  base: string,
  askThrough: AskThrough,
  order: PodOrder,
  signal: AbortSignal,
): Promise<CreateAnswer> {
  const url = addressOf(base, "/pods");
  if (url === undefined) return notAsked("the address of REST is none");
  if (order.volumeGb > 0 && order.volumeGb < leastVolumeGb) {
    return notAsked(`RunPod's REST API makes no volume below ${leastVolumeGb} GB`);
  }
  let came: Answer | undefined;
  const ask = askThrough((request) => async (to, asked, limits) => {
    came = await request(to, asked, limits);
    return came;
  });
  const answered = await ask(url, { method: "POST", body: bodyOf(order), signal });
  if (answered.kind === "refused") return refused(answered, came);
  const { id, cost } = answered.body;
  return createdIn(id, cost) ?? notCreated("the answer does not say which pod it is");
}

function bodyOf(order: PodOrder): Json {
  const { ports, dataCenterIds } = order;
  return {
    name: order.name,
    cloud: order.cloud === "secure" ? "SECURE" : "COMMUNITY",
    gpu: { id: order.gpuId, count: order.gpuCount },
    ...known("image", order.image),
    ...known("templateId", order.templateId),
    ...known("disk", order.containerDiskGb),
    ...known("mounts", mountsOf(order)),
    ...(ports.length > 0 && { ports }),
    ...(dataCenterIds.length > 0 && { dataCenterIds }),
    env: order.env,
    startSsh: true,
  };
}

/** Left out, the mount would be the template's. */
function mountsOf({ volumeGb, networkVolumeId: volumeId, templateId }: PodOrder): Json | undefined {
  if (volumeId !== undefined) return { network: [{ volumeId, path: mountPath }] };
  if (volumeGb > 0) return { persistent: { size: volumeGb, path: mountPath } };
  return templateId === undefined ? undefined : {};
}

function known(key: string, value: unknown): Json {
  return value === undefined ? {} : { [key]: value };
}

function refused(found: Refused, came: Answer | undefined): CreateAnswer {
  const { because, cause, isRunPods, status } = found;
  const isKeys = isForbidden(found) && ofKey.test(because);
  const isSaidByRunPod =
    isRunPods && came?.status === status && (status === 401 || problemType.test(came?.type ?? ""));
  return notCreated(because, {
    isReadOnlyKey: cause === "key-refused" || isKeys,
    isRefusal: isSaidByRunPod && refusals.includes(status),
  });
}

/** Nothing was sent. */
function notAsked(because: string): CreateAnswer {
  return notCreated(because, { isRefusal: true });
}
