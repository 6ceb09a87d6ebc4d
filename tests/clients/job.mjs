// What every client is asked to do, and how it tells what came of it: a line of JSON each.
export const ARTICLES = `
  query Articles($first: Int, $after: String) {
    articles(first: $first, after: $after, orderBy: TITLE) {
      totalCount
      edges { cursor node { id slug } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;
export const BAD = `query Bad { articles(first: 101) { totalCount } }`;
export const report = (what, result, total) => console.log(JSON.stringify({ what, result, total }));
