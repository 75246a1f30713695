import type { Does, Incoming } from "#simulator/face.ts";
import { isObject, parsedJson } from "#simulator/json.ts";
import type { SimulatedPod } from "#simulator/pod.ts";
import { json, type Answer } from "#simulator/sending.ts";
import { pageOf } from "./pages.ts";
import { createPod } from "./pod-create.ts";
import { actionsOf, podView, statusOf } from "./pod-view.ts";
import { done, problem } from "./problem.ts";
import type { Route, Visit } from "./routes.ts";

const reads = "pods:read";
const writes = "pods:write";

const purposes: Readonly<Record<string, Does>> = {
  stop: "stop",
  terminate: "terminate",
  start: "resume",
};

export const pods: readonly Route[] = [
  {
    method: "GET",
    path: "/v2/pods",
    does: () => "pods",
    scope: reads,
    fields: { pods: { type: "array" }, pagination: { type: "object" } },
    answer({ account, request, pageSize }) {
      const page = pageOf(account, request.query, pageSize);
      if (page === undefined) return problem(400, "invalid cursor");
      const rows = page.pods.map((pod) => podView(pod, account.nowMs()));
      return json(200, { pods: rows, pagination: page.pagination });
    },
  },
  {
    method: "POST",
    path: "/v2/pods",
    does: () => "create",
    scope: writes,
    answer: createPod,
  },
  {
    method: "GET",
    path: "/v2/pods/{id}",
    does: () => "pods",
    scope: reads,
    answer: (visit) => withPod(visit, (pod) => json(200, podView(pod, visit.account.nowMs()))),
  },
  {
    method: "POST",
    path: "/v2/pods/{id}/action",
    does: (request) => purposes[wantedIn(request)?.action ?? ""] ?? "other",
    scope: writes,
    answer(visit) {
      const wanted = wantedIn(visit.request);
      if (wanted === undefined) return problem(400, "the body must be JSON");
      if (wanted.action === undefined) return problem(422, "action is required");
      if (wanted.unknown.length > 0) {
        return problem(422, `unknown field: ${wanted.unknown.join(", ")}`);
      }
      return act(visit, wanted.action);
    },
  },
  {
    method: "DELETE",
    path: "/v2/pods/{id}",
    does: () => "terminate",
    scope: writes,
    answer: (visit) =>
      withLoosePod(visit, ({ id }) => {
        if (!visit.lies) visit.account.terminatePod(id);
        return done;
      }),
  },
];

function act(visit: Visit, action: string): Answer {
  const { account, lies, stopsWithoutBody } = visit;
  return withLoosePod(visit, (pod) => {
    if (!["start", "stop", "restart", "terminate"].includes(action)) {
      return problem(422, `${action} is not an action`);
    }
    if (!actionsOf(pod).includes(action)) {
      return problem(409, `pod is ${statusOf(pod)}, which does not allow ${action}`);
    }
    if (pod.locked && action !== "start") return problem(409, "pod is locked");
    if (action === "terminate") {
      if (!lies) account.terminatePod(pod.id);
      return done;
    }
    if (action === "start" && !account.mayStart()) {
      return problem(402, "the balance is too low to start a pod");
    }
    const after = lies ? pretended(pod, action) : changed(visit, action);
    return stopsWithoutBody && action === "stop"
      ? done
      : json(200, podView(after, account.nowMs()));
  });
}

/** A restart changes nothing that anybody could see here. */
function changed({ account, id }: Visit, action: string): SimulatedPod {
  return action === "stop" ? account.stopPod(id) : account.resumePod(id);
}

function pretended(pod: SimulatedPod, action: string): SimulatedPod {
  return { ...pod, status: action === "stop" ? "EXITED" : "RUNNING", rest: {} };
}

function withPod({ account, id }: Visit, answer: (pod: SimulatedPod) => Answer): Answer {
  const pod = account.pod(id);
  return pod === undefined ? problem(404, "pod not found") : answer(pod);
}

function withLoosePod(visit: Visit, answer: (pod: SimulatedPod) => Answer): Answer {
  return withPod(visit, (pod) =>
    pod.cluster === null
      ? answer(pod)
      : problem(409, `pod belongs to cluster ${pod.cluster.id}; delete the cluster instead`),
  );
}

/** Undefined where the body is no JSON object. */
function wantedIn({ body }: Incoming) {
  const parsed = parsedJson(body);
  if (!isObject(parsed)) return undefined;
  const { action, ...unknown } = parsed;
  return {
    action: typeof action === "string" ? action : undefined,
    unknown: Object.keys(unknown),
  };
}
