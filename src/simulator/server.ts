import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createAccount, type AccountOptions, type SimulatedAccount } from "./account.ts";
import type { NewCluster } from "./cluster.ts";
import type { Exchange, RecordedQuery, RecordedRequest } from "./exchange.ts";
import type { Face, Incoming, Wanted } from "./face.ts";
import { createFaultOrders, type Api, type Fault, type Only } from "./faults.ts";
import { refusal } from "./graphql/broken-answers.ts";
import { graphqlFace } from "./graphql/face.ts";
import type { NewPod } from "./pod.ts";
import { readBody } from "./read-body.ts";
import { restFace, type RestSettings } from "./rest/face.ts";
import { whole, type Answer, type Send } from "./sending.ts";
import { shownBy, type Shown } from "./shown.ts";

const host = "127.0.0.1";
const graphqlPath = "/graphql";
const restPath = "/v2";
const requestsKept = 1000;

export interface SimulatorOptions extends Omit<AccountOptions, "nowMs"> {
  /** The one key that is let in. */
  readonly apiKey: string;
  readonly pods?: readonly NewPod[];
  readonly clusters?: readonly NewCluster[];
  /** The key may look and not touch. */
  readonly readOnly?: boolean;
  /** What the key may do on REST; everything, unless given. */
  readonly scopes?: readonly string[];
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Simulated milliseconds to a real one; 1 unless given. Not used with `nowMs`. */
  readonly speed?: number;
  readonly nowMs?: () => number;
  /** Told of every request and what was answered. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** One account, two interfaces to it. */
export interface Simulator extends RestSettings {
  /** Of GraphQL. */
  readonly url: string;
  /** Of REST, version 2. */
  readonly restUrl: string;
  readonly account: SimulatedAccount;
  /** How many came, broken ones included. */
  readonly requests: number;
  /** The last 1,000 of both interfaces. */
  readonly asked: readonly RecordedRequest[];
  /** The last 1,000 of GraphQL. */
  readonly queries: readonly RecordedQuery[];
  failNext(fault: Fault, times?: number, only?: Only, on?: Api | "both"): void;
  failAll(fault: Fault, only?: Only, on?: Api | "both"): void;
  clearFaults(): void;
  /** From this moment of the account's clock on, at once unless given, this interface answers 410. */
  retire(api: Api, atMs?: number): void;
  /** What this interface shows otherwise from now on, in place of what it did before. */
  show(api: Api, otherwise: Shown): void;
  /** Whether GraphQL shows the members of clusters among the pods; not unless told to. */
  setClusterPodsOnGraphql(areShown: boolean): void;
  /** Cuts every connection, answered or not. */
  close(): Promise<void>;
}

/** A RunPod account behind both of RunPod's interfaces, on loopback. Rejects where the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const account = createAccount({
    ...options,
    nowMs: options.nowMs ?? realTime(options.speed ?? 1),
  });
  for (const pod of options.pods ?? []) account.addPod(pod);
  for (const cluster of options.clusters ?? []) account.addCluster(cluster);

  const shown: Record<Api, Shown> = { graphql: {}, rest: {} };
  const key = { apiKey: options.apiKey, readOnly: options.readOnly ?? false };
  let showsClusterPods = false;
  const graphql = graphqlFace({
    ...key,
    account: shownBy(account, () => shown.graphql),
    showsClusterPods: () => showsClusterPods,
  });
  const rest = restFace({
    ...key,
    account: shownBy(account, () => shown.rest),
    scopes: options.scopes,
  });
  const faults = createFaultOrders();
  const retiredFromMs = new Map<Api, number>();
  const queries: RecordedQuery[] = [];
  const asked: RecordedRequest[] = [];
  let requests = 0;

  function note(request: Incoming, wanted: Wanted): void {
    const { method, path, userAgent, authorization } = request;
    const from = { userAgent, hasAuthorization: authorization !== undefined, atMs: Date.now() };
    requests += 1;
    const { api, does, podId } = wanted;
    keep(asked, { api, does, podId, method, path, ...from });
    if (wanted.document !== undefined) keep(queries, { ...wanted.document, ...from });
  }

  function isRetired(api: Api): boolean {
    return account.nowMs() >= (retiredFromMs.get(api) ?? Infinity);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "/", "http://unused");
    const face = faceAt(path);
    if (face === undefined) return whole(refusal(404, "Not found"))(response);
    if (face === graphql && request.method !== "POST") {
      return whole(refusal(405, "Only POST"))(response);
    }

    const incoming: Incoming = {
      method: request.method ?? "",
      path,
      query,
      authorization: request.headers.authorization,
      userAgent: request.headers["user-agent"],
      body: await readBody(request),
    };
    const wanted = face.read(incoming);
    note(incoming, wanted);

    const isGone = isRetired(face.api);
    const fault = isGone ? undefined : faults.take(wanted);
    const sent = isGone ? face.retired() : answerOf(wanted, fault);
    tell(incoming, face.api, sent, fault);
    (typeof sent === "function" ? sent : whole(sent))(response);
  }

  function faceAt(path: string): Face | undefined {
    if (path === graphqlPath) return graphql;
    return path.startsWith(`${restPath}/`) ? rest : undefined;
  }

  function tell(
    { method, path, query, body }: Incoming,
    api: Api,
    sent: Answer | Send,
    fault: Fault | undefined,
  ): void {
    const answer = typeof sent === "function" ? undefined : sent;
    const exchange = { api, method, path, query: Object.fromEntries(query), requestBody: body };
    options.onExchange?.({ ...exchange, answer, fault });
  }

  const server = createServer((request, response) => {
    // What is thrown here is a client that hung up while it asked, or asked without end.
    serve(request, response).catch(() => response.destroy());
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
    });
  });

  return {
    url: `http://${host}:${port}${graphqlPath}`,
    restUrl: `http://${host}:${port}${restPath}`,
    account,
    get requests() {
      return requests;
    },
    get asked() {
      return [...asked];
    },
    get queries() {
      return [...queries];
    },
    failNext: (fault, times = 1, only = "all", on = "both") =>
      faults.next({ fault, only, on }, times),
    failAll: (fault, only = "all", on = "both") => faults.all({ fault, only, on }),
    clearFaults: () => faults.clear(),
    retire: (api, atMs = account.nowMs()) => void retiredFromMs.set(api, atMs),
    show(api, otherwise) {
      shown[api] = otherwise;
    },
    setClusterPodsOnGraphql(areShown) {
      showsClusterPods = areShown;
    },
    ...rest.settings,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerOf(wanted: Wanted, fault: Fault | undefined): Answer | Send {
  return fault === undefined ? wanted.answer({ lies: false }) : wanted.broken(fault);
}

function keep<Row>(rows: Row[], row: Row): void {
  rows.push(row);
  if (rows.length > requestsKept) rows.shift();
}

function realTime(speed: number): () => number {
  const startedAtMs = Date.now();
  const zero = performance.now();
  return () => startedAtMs + (performance.now() - zero) * speed;
}
