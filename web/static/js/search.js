// The results page: the filters are open where they have a column, and an opened hit is told to the search log.
import "./help.js";

const filters = document.querySelector(".facets details");
const column = matchMedia("(min-width: 60rem)");
if (filters && column.matches) filters.open = true;

const results = document.querySelector(".results[data-search]");
results?.querySelectorAll(".hits > li").forEach((hit, index) => {
  hit.querySelector(".title").addEventListener("click", () => {
    const input = { searchId: results.dataset.search, page: hit.dataset.page, position: index + 1 };
    fetch(results.dataset.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ documentId: results.dataset.open, variables: { input } }),
      keepalive: true, // it outlives the page
    }).catch(() => {});
  });
});
