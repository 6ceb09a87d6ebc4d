// Follows a ticket with the client given: apollo, urql or graphql-ws; its URL, the ticket's reference and the secret of
// its link. Says when the socket is open, and reports the first reply that it is told of.
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { report } from "./job.mjs";

const [name, url, reference, accessToken] = process.argv.slice(2);
const FOLLOW = `
  subscription Follow($reference: String!, $accessToken: String) {
    ticketUpdated(reference: $reference, accessToken: $accessToken) { id kind text actor { name role } }
  }`;
const variables = { reference, accessToken };
const socket = createClient({
  url: url.replace(/^http/, "ws"),
  webSocketImpl: WebSocket,
  retryAttempts: 0,
  on: { connected: () => report("open") },
});

// Each answers an object that can be unsubscribed, and hands on what a result is made of.
const ways = {
  apollo: (next, failed) => {
    const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
    return client.subscribe({ query: gql(FOLLOW), variables }).subscribe({
      next: ({ data, error }) => (error ? failed(error) : next(data)),
      error: failed,
    });
  },
  urql: (next, failed) => {
    const forward = (request) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: request.query ?? "", variables: request.variables }, sink) }),
    });
    const client = new Client({ url, preferGetMethod: false, exchanges: [subscriptionExchange({ forwardSubscription: forward })] });
    return client.subscription(FOLLOW, variables).subscribe(({ data, error }) => (error ? failed(error) : next(data)));
  },
  "graphql-ws": (next, failed) => {
    const unsubscribe = socket.subscribe(
      { query: FOLLOW, variables },
      { next: ({ data, errors }) => (errors ? failed(errors) : next(data)), error: failed, complete: () => {} },
    );
    return { unsubscribe };
  },
};

const told = await new Promise((resolve, reject) => {
  const following = ways[name](({ ticketUpdated }) => {
    if (ticketUpdated.kind !== "REPLIED") return;
    resolve(ticketUpdated);
    queueMicrotask(() => following.unsubscribe());
  }, reject);
});
report("event", told);
await socket.dispose();
