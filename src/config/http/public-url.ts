import { isHttpUrl } from "#config/reading/fields.ts";

/** What is wrong with it; undefined when nothing is. */
export function publicUrlFault(text: string): string | undefined {
  if (!isHttpUrl(text) || /\s/.test(text)) return "must be an https address";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must have no user and no password in it";
  if (url.search !== "" || url.hash !== "" || url.pathname !== "/") {
    return "must be a host and nothing behind it, such as https://guard.example.com";
  }
  return undefined;
}

/** Without a slash at its end, its host in small letters. */
export function publicUrlOf(text: string): string {
  return new URL(text).origin;
}
