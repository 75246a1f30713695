import { sshNameOf } from "#runpod/launch/ssh-name.ts";
import { isJson, type Json } from "#runpod/readings.ts";

const usualPort = 22;

/** Nothing else of the pod is read: what it is started with stands there, too. */
export function sshIn({ ssh }: Json): string | undefined {
  if (!isJson(ssh)) return undefined;
  return wayIn(ssh["proxy"]) ?? wayIn(ssh["direct"]);
}

/** `user@host` says nothing of a port: only a way in by the usual one can be said so. */
function wayIn(found: unknown): string | undefined {
  if (!isJson(found) || found["port"] !== usualPort) return undefined;
  return sshNameOf(found["username"], found["host"]);
}
