// Which addresses lead to an article of ours, and where in it.
const ARTICLE = /^(?:\/([a-z]{2}(?:-[A-Za-z]+)*))?\/articles\/([^/]+)$/;

export function addressOf(url, base) {
  const there = new URL(url, base + "/");
  const home = new URL(base + "/");
  if (there.origin !== home.origin || !there.pathname.startsWith(home.pathname)) return null;
  const match = ARTICLE.exec("/" + there.pathname.slice(home.pathname.length));
  return match && { locale: match[1], slug: decodeURIComponent(match[2]), anchor: decodeURIComponent(there.hash.slice(1)) };
}
