// graphql-ws against the URL given: queries over one socket, paging, who asks, an error's code; and, where a document
// is given as the third argument, the first event of that subscription.
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { ARTICLES, BAD, report } from "./job.mjs";

const [url, token, subscription] = process.argv.slice(2);
const client = createClient({
  url: url.replace(/^http/, "ws"),
  webSocketImpl: WebSocket,
  connectionParams: token ? { authorization: `Bearer ${token}` } : {},
  retryAttempts: 0,
});
const first = async (payload) => {
  for await (const result of client.iterate(payload)) return result;
};

const slugs = [];
let page = { pageInfo: { hasNextPage: true, endCursor: null } };
while (page.pageInfo.hasNextPage) {
  const result = await first({ query: ARTICLES, variables: { first: 50, after: page.pageInfo.endCursor } });
  page = result.data.articles;
  slugs.push(...page.edges.map((edge) => edge.node.slug));
}
report("socket", slugs, page.totalCount);
report("viewer", (await first({ query: "{ viewer { role } }" })).data.viewer.role);
report("error", (await first({ query: BAD })).errors[0].extensions.code);
if (subscription) report("event", await first({ query: subscription }));
await client.dispose();
