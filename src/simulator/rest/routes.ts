import type { SimulatedAccount } from "#simulator/account.ts";
import type { Does, Incoming } from "#simulator/face.ts";
import type { Answer } from "#simulator/sending.ts";
import { account } from "./account-routes.ts";
import { clusters } from "./cluster-routes.ts";
import { inventory } from "./inventory-routes.ts";
import { pods } from "./pod-routes.ts";

/** What an answer is made of. */
export interface Visit {
  readonly account: SimulatedAccount;
  readonly request: Incoming;
  /** In the place of `{id}` in the path. */
  readonly id: string;
  /** A stop, an end or a new pod is answered as done, and not done. */
  readonly lies: boolean;
  readonly pageSize: number | undefined;
  /** `terminate` as an action, and a stop where it is told to, answer 204 with no body. */
  readonly stopsWithoutBody: boolean;
}

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  /** With `{id}` where an id stands. */
  readonly path: string;
  does(request: Incoming): Does;
  /** What the key must be allowed. */
  readonly scope: string;
  /** The fields of the 200 answer, for the document; without them there is none. */
  readonly fields?: Readonly<Record<string, object>>;
  answer(visit: Visit): Answer;
}

/** Every route but the document's own; the balance stands where it was put. */
export function routesWith(balancePath: string): readonly Route[] {
  return [...pods, ...clusters, ...account(balancePath), ...inventory];
}

/** The routes of a path, with the id in it. */
export function routesAt(
  routes: readonly Route[],
  path: string,
): readonly { readonly route: Route; readonly id: string }[] {
  return routes.flatMap((route) => {
    const id = idIn(route.path, path);
    return id === undefined ? [] : [{ route, id }];
  });
}

function idIn(template: string, path: string): string | undefined {
  const [wanted, given] = [template.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  let id = "";
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part === "{id}") id = decoded(value);
    else if (part !== value) return undefined;
  }
  return id;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
