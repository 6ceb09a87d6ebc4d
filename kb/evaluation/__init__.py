"""Judged queries: which pages answer what readers type, and whether the search engine finds them."""
