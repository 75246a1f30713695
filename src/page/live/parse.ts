/** A server-sent event. */
export interface Message {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** More than any event we send: whoever sends this is not the daemon. */
const mostCharacters = 8_000_000;

/** Takes the text of a stream as it comes and gives the events that are whole by then. Throws on a flood. */
export function createParser(): (text: string) => readonly Message[] {
  let rest = "";
  let event = "";
  let id: string | undefined;
  let data: string[] = [];

  function take(line: string): readonly Message[] {
    if (line === "") {
      const message = { event: event === "" ? "message" : event, data: data.join("\n"), id };
      const isEmpty = data.length === 0;
      event = "";
      data = [];
      return isEmpty ? [] : [message];
    }
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    if (field === "data") data.push(value);
    if (field === "id" && !value.includes("\0")) id = value;
    return [];
  }

  return (text) => {
    // A return at the end may be half of a line end.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    if (rest.length > mostCharacters) throw new Error("the stream has a line without an end");
    return lines.flatMap(take);
  };
}
