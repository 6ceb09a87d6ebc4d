"""Where what people do is stored: an engine by URL, the base of the tables, migrations."""
