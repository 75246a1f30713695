import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import type { GpuOffer, PodOrder } from "#guard/model/launch.ts";
import type { Part } from "#guard/model/holdings.ts";
import type { Creating } from "#ports.ts";
import { withoutEnvInAnswer } from "#runpod/launch/env-values.ts";
import { notCreated } from "#runpod/launch/created.ts";
import { mostOffers, offerIn } from "#runpod/launch/offer.ts";
import { sshNameOf } from "#runpod/launch/ssh-name.ts";
import { isJson, type Json } from "#runpod/readings.ts";
import { askGraphql, type GraphqlCreatingOptions, type Replied } from "./ask.ts";
import { createAnswerOf, errorWords, isOfKey } from "./create-answer.ts";
import { createDocument, offersDocument, sshDocument } from "./documents.ts";

const sshHost = "ssh.runpod.io";
const mountPath = "/workspace";
const longestWords = 200;

/** Makes pods by RunPod's GraphQL API: each call is one request. */
export function createGraphqlCreating(options: GraphqlCreatingOptions): Creating {
  const partOf = "the question";
  return {
    async offers(gpuCount, signal) {
      const asked = { query: offersDocument, variables: { count: gpuCount }, partOf };
      try {
        return offersIn(await askGraphql(options, asked, signal));
      } catch (error) {
        return unread(wordsOf(error));
      }
    },
    async create(order, signal) {
      const quiet = { ...options, request: withoutEnvInAnswer(options.request, order) };
      const variables = { input: inputOf(order) };
      const asked = { query: createDocument, variables, partOf: "the request for a pod" };
      try {
        return createAnswerOf(await askGraphql(quiet, asked, signal));
      } catch (error) {
        return notCreated(wordsOf(error), { isReadOnlyKey: isOfKey(error) });
      }
    },
    async sshOf(podId, signal) {
      const asked = { query: sshDocument, variables: { podId }, partOf };
      try {
        const { data } = await askGraphql(options, asked, signal);
        const { pod } = data;
        const machine = isJson(pod) ? pod["machine"] : undefined;
        return isJson(machine) ? sshNameOf(machine["podHostId"], sshHost) : undefined;
      } catch {
        // Whoever asks goes without.
        return undefined;
      }
    },
  };
}

/**
 * `deployCost` is a price ceiling in dollars an hour. That it is meant for the whole pod is said nowhere; were
 * it meant for each GPU, it would only be higher than need be.
 */
function inputOf(order: PodOrder): Json {
  const { volumeGb, networkVolumeId, ports, env, dataCenterIds } = order;
  const hasMount = volumeGb > 0 || networkVolumeId !== undefined;
  return {
    name: order.name,
    cloudType: order.cloud === "secure" ? "SECURE" : "COMMUNITY",
    gpuTypeId: order.gpuId,
    gpuCount: order.gpuCount,
    deployCost: order.mostPerHrUsd,
    imageName: order.image,
    templateId: order.templateId,
    containerDiskInGb: order.containerDiskGb,
    volumeInGb: volumeGb,
    networkVolumeId,
    ...(hasMount && { volumeMountPath: mountPath }),
    ...(ports.length > 0 && { ports: ports.join(",") }),
    dataCenterId: dataCenterIds[0],
    env: Object.entries(env).map(([key, value]) => ({ key, value })),
    startSsh: true,
  };
}

function offersIn({ status, data, errors }: Replied): Part<readonly GpuOffer[]> {
  const { gpuTypes } = data;
  if (!Array.isArray(gpuTypes)) {
    const words = errorWords(errors) ?? "the answer has no list";
    return unread(status === 200 ? words : `HTTP ${status}: ${words}`);
  }
  if (gpuTypes.length > mostOffers) return unread(`the answer has ${gpuTypes.length} rows`);
  const offers = gpuTypes.flatMap((row: unknown) => gpuIn(row) ?? []);
  return { kind: "read", value: [...new Map(offers.map((each) => [each.id, each])).values()] };
}

function gpuIn(row: unknown): GpuOffer | undefined {
  if (!isJson(row)) return undefined;
  return offerIn({
    id: row["id"],
    name: row["displayName"],
    memoryGb: row["memoryInGb"],
    secure: {
      isOffered: row["secureCloud"],
      perHrUsd: row["securePrice"],
      stock: stockOf(row["secure"]),
      mostGpus: row["maxGpuCountSecureCloud"],
    },
    community: {
      isOffered: row["communityCloud"],
      perHrUsd: row["communityPrice"],
      stock: stockOf(row["community"]),
      mostGpus: row["maxGpuCountCommunityCloud"],
    },
  });
}

function stockOf(found: unknown): unknown {
  return isJson(found) ? found["stockStatus"] : undefined;
}

function unread(because: string): Part<never> {
  return { kind: "unread", because: oneLine(because).slice(0, longestWords) };
}
