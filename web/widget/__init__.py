"""The search widget of storefronts: one script tag, nothing loaded until it is opened."""
