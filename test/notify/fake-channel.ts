import type { Channel, Sent } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";

/** A channel that answers as told and keeps what it was given. */
export function fakeChannel(
  answer: Sent | ((message: Message) => Promise<Sent>) = { kind: "sent", answer: "HTTP 200" },
  { name = "ntfy", probed = answer as Awaited<ReturnType<Channel["probe"]>> } = {},
) {
  const messages: Message[] = [];
  const channel: Channel = {
    name,
    type: "ntfy",
    send(message) {
      messages.push(message);
      return typeof answer === "function" ? answer(message) : Promise.resolve(answer);
    },
    probe: () => Promise.resolve(probed),
  };
  return { channel, messages };
}
