// The first event of a subscription, by each client that has them, against the URL given: as the person of the token,
// "" for nobody, with the variables given as JSON. Of a ticket's events it is the first reply.
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { report } from "./job.mjs";

const [url, token, document, given = "{}"] = process.argv.slice(2);
const variables = JSON.parse(given);
const connection = () =>
  createClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: token ? { authorization: `Bearer ${token}` } : {},
    retryAttempts: 0,
  });
const sockets = { apollo: connection(), urql: connection(), "graphql-ws": connection() };
const wanted = ({ data }) => !data?.ticketUpdated || data.ticketUpdated.kind === "REPLIED";

const apollo = new ApolloClient({ link: new GraphQLWsLink(sockets.apollo), cache: new InMemoryCache() });
const forwardSubscription = (request) => ({
  subscribe: (sink) => ({ unsubscribe: sockets.urql.subscribe({ ...request, query: request.query }, sink) }),
});
const urql = new Client({ url, exchanges: [subscriptionExchange({ forwardSubscription })] });

// Of something that is subscribed to with `next`.
const first = (subscribe) =>
  new Promise((resolve, reject) => {
    const next = (event) => wanted(event) && (resolve(event), queueMicrotask(() => watching.unsubscribe()));
    const watching = subscribe(next, reject);
  });
const iterated = async () => {
  for await (const event of sockets["graphql-ws"].iterate({ query: document, variables })) if (wanted(event)) return event;
};

const events = {
  apollo: first((next, error) => apollo.subscribe({ query: gql(document), variables }).subscribe({ next, error })),
  urql: first((next) => urql.subscription(document, variables).subscribe(next)),
  "graphql-ws": iterated(),
};
for (const [name, event] of Object.entries(events)) report(name, (await event).data);
await Promise.all(Object.values(sockets).map((socket) => socket.dispose()));
apollo.stop();
