"""The templates: autoescaped, nothing undefined, compiled once."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from web.design.assets import Assets
from web.design.words import direction, duration, name_of

FOLDER = Path(__file__).parents[1] / "templates"


def environment(assets: Assets, **shared: Any) -> Environment:
    """Templates that know where the static files are; `shared` are further values for all of them."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"direction": direction, "duration": duration, "language": name_of, "safe_html": Markup}
    made.globals |= {"static": assets.url, "modules": assets.needed_by, **shared}
    return made
