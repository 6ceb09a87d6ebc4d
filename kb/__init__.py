"""The domain: the library of pages, the support desk, who is asking, what is stored."""
