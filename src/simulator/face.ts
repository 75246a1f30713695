import type { Api, Fault, Target } from "./faults.ts";
import type { Answer, Send } from "./sending.ts";

/** A request that has come in whole. */
export interface Incoming {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  readonly body: string;
}

/** What a request is for, whichever interface it came to. */
export type Does =
  // The balance, with all that belongs to a poll. On REST a poll is many requests; this one is counted.
  | "look"
  // The balance alone, after a look was refused.
  | "balance"
  | "pods"
  | "measure"
  | "clusters"
  | "stop"
  | "terminate"
  | "resume"
  | "create"
  | "prices"
  | "limits"
  | "openapi"
  | "volumes"
  | "endpoints"
  | "billing"
  | "other";

export interface Wanted extends Target {
  readonly does: Does;
  /** Of the pod or cluster that is to end or is asked for alone. */
  readonly podId: string | undefined;
  /** GraphQL only. */
  readonly document?: { readonly query: string; readonly variables: Variables };
  /** Answers in earnest: what is asked for is done, unless it `lies`. */
  answer(how: { readonly lies: boolean }): Answer;
  /** Where `answer` is not called, nothing is done. */
  broken(fault: Fault): Answer | Send;
}

type Variables = Readonly<Record<string, unknown>>;

/** One of RunPod's interfaces to the account. */
export interface Face {
  readonly api: Api;
  read(request: Incoming): Wanted;
  /** After its end: 410, whatever is asked. */
  retired(): Answer;
}
