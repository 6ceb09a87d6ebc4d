"""The library of pages: articles, tutorials, categories, policies read from a folder into immutable snapshots."""
