"""The library of pages: articles, tutorials, categories and policies read from a content folder into immutable snapshots."""
