import type { Agent } from "node:http";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";

/** For one exchange through a proxy. Aborting the signal closes what has been opened to it. */
export function proxyAgent(url: URL, proxy: URL, over: AbortSignal): Agent {
  return url.protocol === "https:"
    ? new HttpsProxyAgent(proxy, { signal: over })
    : new HttpProxyAgent(proxy, { signal: over });
}
