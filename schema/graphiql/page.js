// Opens GraphiQL on the endpoint that this page was served by, subscriptions over the same address.
"use strict";

const address = new URL(location.pathname, location.href);
const socket = new URL(address);
socket.protocol = address.protocol.replace("http", "ws");

const fetcher = GraphiQL.createFetcher({ url: address.href, subscriptionUrl: socket.href });
const query = new URLSearchParams(location.hash.slice(1)).get("query") ?? undefined;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, query, defaultEditorToolsVisibility: true }),
);
