import { hmacOf } from "./signature.ts";

/** Tells to whoever holds the key whether two are the same, and nothing of them to anybody else. */
export function secretsMark(beatKey: string, text: string): Promise<string> {
  return hmacOf(beatKey, `runpodboss-secrets-mark-1\n${text}`);
}

/** The same of what a guard with no machine goes by, wherever that was given. */
export function ordersMark(beatKey: string, body: string): Promise<string> {
  const { host: _, ...rules } = JSON.parse(body) as { readonly host?: unknown };
  return hmacOf(beatKey, `runpodboss-orders-mark-1\n${JSON.stringify(rules)}`);
}
