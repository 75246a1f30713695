import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { graphqlSync } from "graphql";
import { createAccount, type AccountOptions, type SimulatedAccount } from "./account.ts";
import { readAsked, type Asked } from "./asked.ts";
import { brokenAnswer } from "./broken-answers.ts";
import { createFaultOrders, type Fault, type Only } from "./faults.ts";
import type { NewPod } from "./pod.ts";
import { rootOf } from "./root.ts";
import { schema } from "./schema.ts";
import { json, whole, type Answer } from "./sending.ts";

const host = "127.0.0.1";
const path = "/graphql";
const queriesKept = 1000;

export interface SimulatorOptions extends Omit<AccountOptions, "nowMs"> {
  /** The one key that is let in. */
  readonly apiKey: string;
  readonly pods?: readonly NewPod[];
  /** The key may look and not touch. */
  readonly readOnly?: boolean;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Simulated milliseconds to a real one; 1 unless given. Not used with `nowMs`. */
  readonly speed?: number;
  readonly nowMs?: () => number;
}

interface RecordedQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly userAgent: string | undefined;
  readonly hasAuthorization: boolean;
  /** When it came, in real time, whatever the account's clock says. */
  readonly atMs: number;
}

export interface Simulator {
  readonly url: string;
  readonly account: SimulatedAccount;
  /** How many came, broken ones included. */
  readonly requests: number;
  /** The last 1,000. */
  readonly queries: readonly RecordedQuery[];
  failNext(fault: Fault, times?: number, only?: Only): void;
  failAll(fault: Fault, only?: Only): void;
  clearFaults(): void;
  /** Cuts every connection, answered or not. */
  close(): Promise<void>;
}

/** A RunPod account behind a GraphQL server on loopback. Rejects where the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const account = createAccount({
    ...options,
    nowMs: options.nowMs ?? realTime(options.speed ?? 1),
  });
  for (const pod of options.pods ?? []) account.addPod(pod);

  const faults = createFaultOrders();
  const queries: RecordedQuery[] = [];
  let requests = 0;

  function note(request: IncomingMessage, asked: Asked | undefined): void {
    requests += 1;
    queries.push({
      query: asked?.query ?? "",
      variables: asked?.variables ?? {},
      userAgent: request.headers["user-agent"],
      hasAuthorization: request.headers.authorization !== undefined,
      atMs: Date.now(),
    });
    if (queries.length > queriesKept) queries.shift();
  }

  function respond(request: IncomingMessage, asked: Asked | undefined, lies: boolean): Answer {
    if (request.headers.authorization !== `Bearer ${options.apiKey}`)
      return refusal(401, "Unauthorized");
    if (asked === undefined) return refusal(400, "The body must be JSON with a query");

    const result = graphqlSync({
      schema,
      source: asked.query,
      rootValue: rootOf({ account, readOnly: options.readOnly ?? false, lies }),
      variableValues: asked.variables,
      operationName: asked.operationName,
    });
    return json(result.data === undefined ? 400 : 200, result);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== path) return whole(refusal(404, "Not found"))(response);
    if (request.method !== "POST") return whole(refusal(405, "Only POST"))(response);

    const asked = await readAsked(request);
    note(request, asked);

    const fault = faults.take(asked?.query ?? "");
    const genuine = ({ lies } = { lies: false }) => respond(request, asked, lies);
    const send = fault === undefined ? whole(genuine()) : brokenAnswer(fault, genuine);
    send(response);
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
    url: `http://${host}:${port}${path}`,
    account,
    get requests() {
      return requests;
    },
    get queries() {
      return [...queries];
    },
    failNext: (fault, times = 1, only = "all") => faults.next(fault, times, only),
    failAll: (fault, only = "all") => faults.all(fault, only),
    clearFaults: () => faults.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function realTime(speed: number): () => number {
  const startedAtMs = Date.now();
  const zero = performance.now();
  return () => startedAtMs + (performance.now() - zero) * speed;
}

function refusal(status: number, message: string): Answer {
  return json(status, { errors: [{ message }] });
}
