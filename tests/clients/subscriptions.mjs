// The first event of a subscription, by each client that has them, against the URL given as the person of the token.
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { report } from "./job.mjs";

const [url, token, document] = process.argv.slice(2);
const connection = () =>
  createClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
const sockets = { apollo: connection(), urql: connection(), "graphql-ws": connection() };

const apollo = new ApolloClient({ link: new GraphQLWsLink(sockets.apollo), cache: new InMemoryCache() });
const forwardSubscription = (request) => ({
  subscribe: (sink) => ({ unsubscribe: sockets.urql.subscribe({ ...request, query: request.query }, sink) }),
});
const urql = new Client({ url, exchanges: [subscriptionExchange({ forwardSubscription })] });
const first = (source) =>
  new Promise((resolve, reject) => {
    const watching = source.subscribe({ next: (event) => (resolve(event), queueMicrotask(() => watching.unsubscribe())), error: reject });
  });
const firstOfUrql = new Promise((resolve) => {
  const { unsubscribe } = urql.subscription(document, {}).subscribe((event) => (resolve(event), queueMicrotask(() => unsubscribe())));
});
const iterated = async () => {
  for await (const event of sockets["graphql-ws"].iterate({ query: document })) return event;
};

const events = { apollo: first(apollo.subscribe({ query: gql(document) })), urql: firstOfUrql, "graphql-ws": iterated() };
for (const [name, event] of Object.entries(events)) report(name, (await event).data);
await Promise.all(Object.values(sockets).map((socket) => socket.dispose()));
apollo.stop();
