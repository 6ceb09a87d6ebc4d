// Opens GraphiQL on the endpoint that this page was served by, subscriptions over the same address.
"use strict";

const EXAMPLE = `# Ctrl-Enter runs this, Ctrl-Space offers
# what may stand at the cursor.
# As an agent: \`kb token --role agent\`,
# then {"Authorization": "Bearer …"} under Headers.

query Search($query: String!) {
  search(query: $query, first: 5) {
    match
    didYouMean
    totalCount
    edges {
      titleHtml
      excerptHtml
      url
    }
    facets {
      field
      values {
        label
        count
      }
    }
  }
}
`;
const VARIABLES = JSON.stringify({ query: "money not received in bank" }, null, 2);

const address = new URL(location.pathname, location.href);
const socket = new URL(address);
socket.protocol = address.protocol.replace("http", "ws");

const fetcher = GraphiQL.createFetcher({ url: address.href, subscriptionUrl: socket.href });
const query = new URLSearchParams(location.hash.slice(1)).get("query") ?? undefined;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    query,
    defaultQuery: EXAMPLE,
    variables: query === undefined ? VARIABLES : undefined,
    defaultEditorToolsVisibility: matchMedia("(min-width: 701px)").matches,
  }),
);
