"""The widget's addresses, and the demo storefront's where it is shown."""

from hashlib import sha256

from starlette.routing import BaseRoute

from schema.documents import read_documents
from web.operations import OPERATIONS
from web.widget import demo
from web.widget.files import Widget


def widget(*, with_demo: bool) -> list[BaseRoute]:
    texts = read_documents(OPERATIONS)
    files = Widget({name.removesuffix(".graphql"): sha256(text.encode()).hexdigest() for name, text in texts.items()})
    return files.routes + (demo.routes() if with_demo else [])
