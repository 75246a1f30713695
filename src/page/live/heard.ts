import type { Message } from "./parse.ts";

/** How the stream is. */
export type Heard =
  /** It is open; the server's clock, if it told. */
  | { readonly kind: "open"; readonly serverMs: number | undefined }
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "lost"; readonly because: string }
  | { readonly kind: "logged-out" };
