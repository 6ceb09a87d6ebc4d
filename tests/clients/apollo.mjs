// Apollo Client against the URL given: POST, GET with hashed documents, paging by fetchMore, an error's code.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { ARTICLES, BAD, report } from "./job.mjs";

const uri = process.argv[2];
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const cache = () => new InMemoryCache({ typePolicies: { Query: { fields: { articles: relayStylePagination() } } } });
const clients = {
  post: new ApolloClient({ link: new HttpLink({ uri }), cache: cache() }),
  persisted: new ApolloClient({
    link: ApolloLink.from([new PersistedQueryLink({ sha256, useGETForHashedQueries: true }), new HttpLink({ uri })]),
    cache: cache(),
  }),
};

// The first complete result of a watched query.
const first = (query) =>
  new Promise((resolve, reject) => {
    const watching = query.subscribe({
      next: (result) => result.dataState === "complete" && (resolve(result), queueMicrotask(() => watching.unsubscribe())),
      error: reject,
    });
  });

for (const [name, client] of Object.entries(clients)) {
  const query = client.watchQuery({ query: gql(ARTICLES), variables: { first: 50 } });
  let { data } = await first(query);
  while (data.articles.pageInfo.hasNextPage) {
    await query.fetchMore({ variables: { after: data.articles.pageInfo.endCursor } });
    data = query.getCurrentResult().data;
  }
  report(name, data.articles.edges.map((edge) => edge.node.slug), data.articles.totalCount);
}
try {
  await clients.post.query({ query: gql(BAD), fetchPolicy: "no-cache" });
} catch (error) {
  report("error", CombinedGraphQLErrors.is(error) ? error.errors[0].extensions.code : String(error));
}
Object.values(clients).forEach((client) => client.stop());
