"""The command `kb`: `kb --help` lists what it can do."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import server
from kb import backup as copies
from kb import export as exports
from kb.console import failing_clearly, progress
from kb.demo import Told, already_there, fill
from kb.demo.people import STAFF
from kb.demo.readers import Found
from kb.errors import SetupError, Unavailable
from kb.evaluation.lines import as_json, lines
from kb.evaluation.outcome import evaluate
from kb.evaluation.queries import read_queries
from kb.identity import secret_keys, sign
from kb.insights.figures import content_gaps
from kb.insights.lines import gap_table, gaps_as_json
from kb.insights.period import MOST_DAYS, last_days
from kb.library.live import LiveLibrary
from kb.library.pages import allowed
from kb.library.problems import Problem
from kb.logs import configure_logs
from kb.public_holidays import holiday_lines
from kb.report import hit_lines
from kb.settings import Settings, own_secret, read_settings
from kb.store.database import SETTING, Database
from kb.store.migrate import migrate
from kb.support.desk import Desk
from kb.support.policy import find_support_policy
from kb.viewer import ANYONE, Plan, Role, Viewer
from search.protocol import SearchQuery

app = typer.Typer(
    name="kb",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Ooulet's self-help and knowledge base. Settings are environment variables, KB_…, or lines of a .env file.",
)
out = Console(highlight=False, markup=False, soft_wrap=True)


@app.callback()
def quiet() -> None:
    """Standard output is for what was asked; `kb serve` logs in a style of its own."""
    configure_logs("console", level=logging.ERROR)


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
    explain: Annotated[bool, typer.Option("--explain", help="Show what each score is made of.")] = False,
) -> None:
    """Search the content as a reader does, and show what is found."""
    with failing_clearly():
        live = _loaded(read_settings())
    for line in hit_lines(live, query, Viewer(role=role), locale=locale, first=first, explained=explain):
        out.print(line)


@app.command("eval", epilog="Example: kb eval tests/eval/queries.yml")
def evaluate_queries(
    queries: Annotated[Path, typer.Argument(help="A YAML list of queries and the pages that answer them.")],
    as_json_: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Search for each judged query and name those whose page is not found. Exits 1 if there is one."""
    problems: list[Problem] = []
    with failing_clearly():
        live = _loaded(read_settings())
        try:
            judged = read_queries(queries, live.library, problems)
        except OSError as error:
            raise SetupError(f"{queries}: {error.strerror}.") from None
    evaluation = evaluate(judged, live)
    if as_json_:
        typer.echo(json.dumps(as_json(evaluation, problems), ensure_ascii=False, indent=2))
    else:
        for line in [*map(str, problems), *lines(evaluation)]:
            out.print(line)
    raise typer.Exit(1 if problems or evaluation.lost else 0)


@app.command(epilog="Example: kb gaps --days 7")
def gaps(
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many days to look back, today counted in.")] = 30,
    first: Annotated[int, typer.Option(min=1, max=1000, help="How many queries at most.")] = 20,
    as_json_: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List what readers searched for and did not find, the most frequent first."""
    with failing_clearly(), _database(read_settings()) as database:
        if database.embedded:
            migrate(database)
        period = last_days(days, today=datetime.now(UTC).date())
        found = database.read(lambda session: content_gaps(session, period, first=first))
    if as_json_:
        typer.echo(json.dumps(gaps_as_json(found), ensure_ascii=False, indent=2))
    else:
        out.print(gap_table(found) if found else f"No gaps in the searches of the last {days} days.")


@app.command("migrate", epilog="Example: KB_DATABASE_URL=postgresql://kb@db/kb kb migrate")
def migrate_database() -> None:
    """Bring the tables of the database to what this version needs. SQLite's are at every start."""
    with failing_clearly(), _database(read_settings()) as database:
        before, after = migrate(database)
    out.print(f"at {after} already" if before == after else f"from {before or 'nothing'} to {after}")


@app.command(epilog="Example: kb backup --to /backups/kb-2026-11-22.db")
def backup(to: Annotated[Path, typer.Option(help="A new file; none is overwritten.")]) -> None:
    """Copy the SQLite database while the service runs, and check the copy."""
    with failing_clearly(), _database(read_settings()) as database, progress("Copying") as copying:
        copies.backup(database, to, copying)
    out.print(f"{to}: {to.stat().st_size} bytes, checked")


@app.command(epilog="Example: kb restore --from /backups/kb-2026-11-22.db")
def restore(from_: Annotated[Path, typer.Option("--from", help="What `kb backup` made.")]) -> None:
    """Put a copy where KB_DATABASE_URL says, while the service is stopped. Nothing that is there is overwritten."""
    with failing_clearly(), _database(read_settings()) as database, progress("Copying") as copying:
        copies.restore(from_, database, copying)
        migrate(database)
    out.print(f"{database.file}: restored, checked")


@app.command("export", epilog="Example: kb export --to tickets.jsonl")
def export_tickets(
    to: Annotated[Path, typer.Option(help="A new file, readable by its owner alone.")],
) -> None:
    """Write tickets and feedback as lines of JSON: all that is stored of them, people's names and words too."""
    now = datetime.now(UTC)
    with failing_clearly(), _database(read_settings()) as database, progress("Exporting") as exporting:
        total, written = exports.count(database, until=now), 0
        with copies.new_file(to, "--to") as file:
            for written, line in enumerate(exports.lines(database, until=now), 1):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                exporting(written, total)
    out.print(f"{to}: {written} lines")


@app.command(epilog="Example: kb holidays 2027")
def holidays(
    year: Annotated[int, typer.Argument(min=1950, max=2100, help="The year.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1 code.")] = "IN",
    subdivision: Annotated[str | None, typer.Option(help="Its part, by the code of the holidays library.")] = "UK",
) -> None:
    """Print a year's public holidays as lines for a policy's terms, to be reviewed by a person."""
    with failing_clearly():
        for line in holiday_lines(country, subdivision, year):
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


@app.command(epilog="Example: kb demo")
def demo(
    again: Annotated[bool, typer.Option("--again", help="Even where there are tickets already.")] = False,
    seed: Annotated[int, typer.Option(help="Another number makes another month.")] = 1,
) -> None:
    """Fill a development database with a month of tickets, escalations, feedback, votes and searches."""
    with failing_clearly():
        settings = read_settings()
        if settings.production:
            raise SetupError("KB_ENV: what is made up is not for production.")
        told = _lived(settings, again=again, seed=seed)
    out.print(
        f"{told.tickets} tickets, {told.escalations} escalations, {told.feedback} notes of feedback, "
        f"{told.votes} votes, {told.searches} searches"
    )
    out.print(f"The desk     {settings.public_url}/desk")
    for each in STAFF:
        teams = "".join(f" --team {team}" for team in each.teams)
        out.print(f'A token      kb token --role {each.role} --name "{each.name}" --subject {each.subject}{teams}')


def _lived(settings: Settings, *, again: bool, seed: int) -> Told:
    live = _loaded(settings)
    secret = settings.secret.get_secret_value() if settings.secret else own_secret(settings, server.SECRET_FILE)
    desk, find, now = Desk(live.library, secret.encode()), partial(_found, live), datetime.now(UTC)
    if find_support_policy(live.library, ANYONE, live.library.default_locale, on=live.library.today(now)) is None:
        raise SetupError("KB_CONTENT: No support policy is in force, so there is nothing to promise.")
    with _database(settings) as database, progress("Living through a month") as living:
        if database.embedded:
            migrate(database)
        if not again and (tickets := database.read(already_there)):
            raise SetupError(f"{SETTING}: it holds {tickets} tickets already; --again adds to them.")
        return fill(database, desk, find, now=now, seed=seed, advance=living)


def _found(live: LiveLibrary, text: str) -> Found:
    library = live.library
    asked = SearchQuery(text=text, locales=library.chain(library.locale(None)), allow=allowed(ANYONE), first=3)
    page = live.engine.search(asked)
    return Found(str(page.match), page.total, tuple(hit.page_id for hit in page.hits))


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


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """Closed afterwards. Raises `SetupError` where it is away."""
    database = Database(settings.database_url)
    try:
        yield database
    except Unavailable as error:
        raise SetupError(f"{SETTING}: {error}") from None
    finally:
        database.close()


def _loaded(settings: Settings) -> LiveLibrary:
    live = server.open_library(settings)
    with progress("Reading") as reading, progress("Indexing") as indexing:
        live.refresh(reading=reading, indexing=indexing)
    return live


if __name__ == "__main__":
    app()
