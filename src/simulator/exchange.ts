import type { Wanted } from "./face.ts";
import type { Api, Fault } from "./faults.ts";
import type { Answer } from "./sending.ts";

/** A request and what was answered, for who checks both against RunPod's own schemas. */
export interface Exchange {
  readonly api: Api;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** As it came: nothing of it is secret but the headers, which are not here. */
  readonly requestBody: string;
  /** Undefined where the wire failed, so that there is none that is whole. */
  readonly answer: Answer | undefined;
  readonly fault: Fault | undefined;
}

/** A request as tests count them, whichever interface it came to. */
export interface RecordedRequest extends Pick<Wanted, "api" | "does" | "podId"> {
  readonly method: string;
  readonly path: string;
  readonly userAgent: string | undefined;
  readonly hasAuthorization: boolean;
  /** When it came, in real time, whatever the account's clock says. */
  readonly atMs: number;
}

export interface RecordedQuery {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly userAgent: string | undefined;
  readonly hasAuthorization: boolean;
  readonly atMs: number;
}
