"""The command `kb`: serve, check, index, search, token."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import server
from kb.console import failing_clearly, progress
from kb.errors import SetupError
from kb.identity import secret_keys, sign
from kb.library.live import LiveLibrary
from kb.report import hit_lines
from kb.settings import Settings, own_secret, read_settings
from kb.viewer import Plan, Role, Viewer

app = typer.Typer(
    name="kb",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Ooulet's self-help and knowledge base. Settings are environment variables, KB_…, or lines of a .env file.",
)
out = Console(highlight=False, markup=False, soft_wrap=True)


@app.command(epilog="Example: KB_PORT=8080 kb serve")
def serve() -> None:
    """Serve the content folder over HTTP, and follow its changes."""
    server.main()


@app.command(epilog="Example: kb check --content ~/help-center")
def check(
    content: Annotated[Path | None, typer.Option(help="The folder to check; KB_CONTENT where left out.")] = None,
) -> None:
    """List every problem of the content, by file and line. Exits 1 if there is one."""
    with failing_clearly():
        settings = read_settings(**({"content": content} if content else {}))
        with progress("Reading") as reading:
            library = server.loader(settings, cached=False).load(reading)
    for problem in library.problems:
        out.print(str(problem))
    pages = sum(len(each) for each in library.pages.values())
    out.print(f"{pages} pages in {len(library.locales)} locales, {len(library.problems)} problems")
    raise typer.Exit(1 if library.problems else 0)


@app.command(epilog="Example: kb index")
def index() -> None:
    """Bring the search index up to date with the content, and say what was written."""
    with failing_clearly():
        live = server.open_library(read_settings())
        with progress("Reading") as reading, progress("Indexing") as indexing:
            report = live.refresh(reading=reading, indexing=indexing)
    counts = f"{report.added} added, {report.updated} updated, {report.removed} removed, {report.kept} unchanged"
    out.print(f"{counts}{', rebuilt from nothing' if report.rebuilt else ''}")


@app.command(epilog='Example: kb search "money not received in bank"')
def search(
    query: Annotated[str, typer.Argument(help="What a reader would type.")],
    locale: Annotated[str | None, typer.Option(help="The reader's locale; the default one where left out.")] = None,
    first: Annotated[int, typer.Option(min=1, max=100, help="How many hits.")] = 10,
    role: Annotated[Role, typer.Option(help="Search as somebody with this role.")] = Role.VISITOR,
) -> None:
    """Search the content as a reader does, and show what is found."""
    with failing_clearly():
        live = _loaded(read_settings())
    for line in hit_lines(live, query, Viewer(role=role), locale=locale, first=first):
        out.print(line)


@app.command(epilog='Example: kb token --role agent --name "Asha Rawat"')
def token(
    role: Annotated[Role, typer.Option(help="Anything but visitor, who has no token.")] = Role.CUSTOMER,
    name: Annotated[str, typer.Option(help="The person's name.")] = "Asha Rawat",
    subject: Annotated[str, typer.Option(help="The host app's id of the person.")] = "dev-1",
    email: Annotated[str | None, typer.Option(help="The person's e-mail address.")] = None,
    plan: Annotated[Plan | None, typer.Option(help="The merchant's plan.")] = None,
    team: Annotated[list[str] | None, typer.Option(help="A specialist's department; may be given again.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=60, help="How long it is valid.")] = 60,
) -> None:
    """Print an access token for this machine, signed as the host app would. Not in production."""
    viewer = Viewer(role=role, subject=subject, name=name, email=email, plan=plan, teams=tuple(team or ()))
    with failing_clearly():
        if role is Role.VISITOR:
            raise SetupError("--role: a visitor has no token.")
        typer.echo(signed(read_settings(), viewer, now=datetime.now(UTC), lifetime=timedelta(minutes=minutes)))


def signed(settings: Settings, viewer: Viewer, *, now: datetime, lifetime: timedelta) -> str:
    """A token that this machine's service accepts. Raises `SetupError` where the host app alone may sign."""
    if settings.production:
        raise SetupError("KB_ENV: in production the host app makes tokens.")
    if settings.jwt_jwks:
        raise SetupError("KB_JWT_JWKS: only the host app has the private key.")
    given = settings.jwt_secret.get_secret_value().split(",")[0].strip() if settings.jwt_secret else None
    secret = given or own_secret(settings, server.JWT_SECRET_FILE)
    secret_keys([secret])
    issuer, audience = settings.jwt_issuer, settings.jwt_audience
    return sign(viewer, secret=secret, issuer=issuer, audience=audience, now=now, lifetime=lifetime)


def _loaded(settings: Settings) -> LiveLibrary:
    live = server.open_library(settings)
    with progress("Reading") as reading, progress("Indexing") as indexing:
        live.refresh(reading=reading, indexing=indexing)
    return live


if __name__ == "__main__":
    app()
