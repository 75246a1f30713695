import type { HttpSettings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";

/** In words, with what to do. */
export function whyNotServed(error: unknown, http: HttpSettings | undefined): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const where = http === undefined ? "" : `${http.host} port ${http.port}`;
  switch (code) {
    case "EADDRINUSE":
      return `the page is not served: another program listens on ${where}. End that one, or choose another port in http.listen`;
    case "EADDRNOTAVAIL":
      return `the page is not served: this machine has no address ${where}. Correct http.listen`;
    case "EACCES":
      return `the page is not served: this user may not listen on ${where}. Choose a port above 1023`;
    default:
      return `the page is not served: ${wordsOf(error)}`;
  }
}
