"""The design system: tokens, stylesheets, scripts, words and template parts that every page is made of."""
