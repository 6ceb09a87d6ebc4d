// A subscription over graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
const SHORTEST = 1_000;
const LONGEST = 60_000; // milliseconds between attempts
const GONE = new Set([4400, 4401, 4403]); // asking again would be answered the same

export function follow(path, payload, onNext) {
  let wait = SHORTEST;
  let missed = false;

  function open() {
    const url = new URL(path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url, "graphql-transport-ws");
    const send = (message) => socket.send(JSON.stringify(message));
    socket.addEventListener("open", () => send({ type: "connection_init", payload: {} }));
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "connection_ack") {
        wait = SHORTEST;
        send({ id: "1", type: "subscribe", payload });
        document.documentElement.dataset.live = "on";
        if (missed) onNext({});
      } else if (message.type === "ping") {
        send({ type: "pong" });
      } else if (message.type === "next" && message.payload.data) {
        onNext(message.payload.data);
      } else if (message.type === "error" || message.type === "complete") {
        socket.close(1000);
      }
    });
    socket.addEventListener("close", ({ code }) => {
      delete document.documentElement.dataset.live;
      if (code === 1000 || GONE.has(code)) return;
      missed = true;
      setTimeout(open, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, LONGEST);
    });
  }

  open();
}
