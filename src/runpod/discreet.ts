import type { Account } from "#ports.ts";
import { createRedactor, withoutSecrets } from "#redact.ts";

/**
 * The same account, but no word of it holds the API key: a pod's name, which anybody may give, or an
 * answer that repeats what was asked. Names come here cleaned: hidden characters hide no key.
 */
export function discreet(inner: Account, apiKey: string): Account {
  const redact = createRedactor([apiKey]);
  return {
    look: async (signal) => withoutSecrets(await inner.look(signal), redact),
    measure: async (signal) => withoutSecrets(await inner.measure(signal), redact),
    end: async (target, action, signal) =>
      withoutSecrets(await inner.end(target, action, signal), redact),
  };
}
