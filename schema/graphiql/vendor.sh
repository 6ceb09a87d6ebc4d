#!/bin/sh
# Fetches GraphiQL and React from the npm registry into this folder: run it to move to other versions.
# GraphiQL 3 is the last one whose build is one script; 4 and 5 want a module loader or Monaco's workers (over 3 MB).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-save --no-audit --no-fund --ignore-scripts graphiql@3.9.0 react@18.3.1 react-dom@18.3.1 graphql@16.14.2
cp node_modules/react/umd/react.production.min.js node_modules/react-dom/umd/react-dom.production.min.js "$here"
grep -v sourceMappingURL node_modules/graphiql/graphiql.min.js > "$here/graphiql.min.js"
# Without the fonts that are written into the stylesheet: 350 kB, and the Content-Security-Policy refuses data: anyway.
python3 - "$here/graphiql.min.css" <<'PYTHON'
import re, sys
css = open("node_modules/graphiql/graphiql.min.css", encoding="utf-8").read()
open(sys.argv[1], "w", encoding="utf-8").write(re.sub(r"@font-face\{[^}]*\}", "", css))
PYTHON
# The build holds the code of these packages: their licences, each with its text.
for package in $(npm ls --all --parseable --omit=dev | sed -n 's|.*/node_modules/||p' | sort -u); do
  text=$(ls node_modules/"$package"/LICEN[SC]E* node_modules/"$package"/license* 2>/dev/null | head -n 1 || true)
  version=$(node -p "require('./node_modules/$package/package.json').version")
  licence=$(node -p "require('./node_modules/$package/package.json').license")
  printf '%s\n%s %s (%s)\n\n' "----------------------------------------------------------------------" "$package" "$version" "$licence"
  [ -n "$text" ] && cat "$text"
  echo
done > "$here/LICENSES.txt"
