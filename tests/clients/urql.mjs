// urql against the URL given: POST and GET, paging, an error's code.
import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { ARTICLES, BAD, report } from "./job.mjs";

const url = process.argv[2];
for (const [name, preferGetMethod] of [["post", false], ["get", "force"]]) {
  const client = new Client({ url, preferGetMethod, exchanges: [cacheExchange, fetchExchange] });
  const slugs = [];
  let page = { pageInfo: { hasNextPage: true, endCursor: null } };
  while (page.pageInfo.hasNextPage) {
    const { data, error } = await client.query(ARTICLES, { first: 50, after: page.pageInfo.endCursor });
    if (error) throw error;
    page = data.articles;
    slugs.push(...page.edges.map((edge) => edge.node.slug));
  }
  report(name, slugs, page.totalCount);
  const { error } = await client.query(BAD, {});
  report(`${name} error`, error.graphQLErrors[0].extensions.code);
}
