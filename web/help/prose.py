"""The HTML of a body, made fit for a page: tables and code that scroll can be reached by keyboard, our own URLs are
paths. The service sanitised it, so that a `<` in it begins a tag and nothing else.
"""

from markupsafe import Markup, escape

from web.help.visit import Visit


def prose(html: str, visit: Visit) -> Markup:
    origin, words = visit.addresses.origin, visit.words
    for tag, attribute in (("a", "href"), ("img", "src")):
        html = html.replace(f'<{tag} {attribute}="{origin}/', f'<{tag} {attribute}="/')
    if "<table>" in html:
        opening = f'<div class="scrolls" role="group" tabindex="0" aria-label="{escape(words("table_region"))}"><table>'
        html = html.replace("<table>", opening).replace("</table>", "</table></div>")
    return Markup(html.replace("<pre>", f'<pre tabindex="0" role="group" aria-label="{escape(words("code_block"))}">'))
