// A subscription over graphql-transport-ws, by the document's id: told of each event, opened again when it is lost.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
const LONGEST = 30_000; // milliseconds between two tries

export function subscribe({ documentId, variables, onEvent, onState }) {
  let tries = 0;
  let ended = false;

  function open() {
    const url = new URL(`${document.body.dataset.root}/graphql`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url, "graphql-transport-ws");
    const send = (message) => socket.send(JSON.stringify(message));
    socket.addEventListener("open", () => send({ type: "connection_init" }));
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "connection_ack") {
        send({ type: "subscribe", id: "1", payload: { documentId, variables } });
        onState(true, tries > 0);
        tries = 0;
      } else if (message.type === "ping") send({ type: "pong" });
      else if (message.type === "next") onEvent(message.payload.data);
      else if (message.type === "error" || message.type === "complete") {
        ended = true; // the reader may not see it any more
        socket.close();
      }
    });
    socket.addEventListener("close", () => {
      onState(false, false);
      if (!ended) setTimeout(open, Math.min(LONGEST, 500 * 2 ** tries++));
    });
  }

  open();
  addEventListener("pagehide", () => (ended = true));
}

// The line that says whether changes are shown as they happen.
export function shown(line) {
  const words = line.querySelector(".words");
  return (on) => {
    line.classList.toggle("on", on);
    line.classList.toggle("off", !on);
    words.textContent = on ? line.dataset.on : line.dataset.off;
  };
}

// The page as it is now, read anew; null where it cannot be had.
export async function fresh() {
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null;
  }
}
