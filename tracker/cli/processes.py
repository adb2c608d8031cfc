"""Commands that run Wismo: all of it, one kind of process, or the demo."""

import os
import socket
import sys
from typing import Annotated

import typer

from config.log import set_up
from config.settings import LogFormat
from tracker.cli import opening
from tracker.cli.printing import Format, answer, fail, say, warn


def add_to(cli: typer.Typer) -> None:
    """Register this room's commands."""
    for command in (up, web, worker, clock, migrate, demo):
        cli.command()(command)


def up() -> None:
    """Run everything on this machine: database, queue, web, workers, clock. Ctrl-C stops it gently."""
    from tracker.jobs.machine import machine
    from tracker.jobs.sole import AlreadyUp, holding
    from tracker.jobs.supervisor import Supervisor
    from tracker.store.schema import migrate as bring_up_to_date

    settings = opening.settings("up")
    opening.check(settings)
    _must_be_free(settings.port)
    try:
        with holding(settings.data_dir):
            bring_up_to_date(settings.database_url)
            planned = machine(settings, dict(os.environ))
            supervisor = Supervisor(
                programs=planned.programs, environment=planned.environment, back_off=planned.back_off, say=warn
            )
            told = f"Wismo is up at {settings.public_url}  (Ctrl-C stops it)"
            raise typer.Exit(supervisor.run(then=lambda: say(told)))
    except AlreadyUp as other:
        fail(
            f"Wismo is up on {settings.data_dir} already ({other}): stop that one, or set WISMO_DATA to another folder."
        )


def web() -> None:
    """Serve the tracking page, the API and the health checks."""
    from tracker.web import serve

    settings = opening.settings("web")
    opening.check(settings)
    _must_be_free(settings.port)
    serve.run(settings)


def worker(
    queue: Annotated[list[str] | None, typer.Option(help="looks or dispatch; both when not given.")] = None,
    threads: Annotated[int | None, typer.Option(help="How many calls at once; WISMO_WORKER_THREADS.")] = None,
) -> None:
    """Ask carriers and hand over messages."""
    from tracker.jobs import worker as process

    unknown = sorted(set(queue or ()) - set(process.QUEUES))
    if unknown:
        fail(f"There is no queue {unknown[0]!r}. Write looks or dispatch, or neither for both.")
    with opening.opened("worker") as app:
        queues = queue or list(process.QUEUES)
        raise typer.Exit(process.run(app, queues=queues, threads=threads or app.settings.worker_threads))


def clock() -> None:
    """Ring for what is due, sweep what was left behind. Any number may run; one leads."""
    from tracker.jobs import clock as process

    with opening.opened("clock") as app:
        raise typer.Exit(process.run(app, owner=f"{socket.gethostname()}:{os.getpid()}"))


def migrate(form: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """Bring the database to this version's tables; safe to run twice."""
    from tracker.store.schema import migrate as bring_up_to_date

    settings = opening.settings("migrate")
    revision = bring_up_to_date(settings.database_url)
    answer({"revision": revision}, form=form, said=f"Database is at revision {revision}.")


def demo(
    check: Annotated[
        bool, typer.Option("--check", help="Step through virtual time and compare with the stories.")
    ] = False,
    seed: Annotated[int, typer.Option(help="With --check: the same seed looks at the same moments.")] = 1,
    only: Annotated[str | None, typer.Option(help="With --check: one story by name.")] = None,
    histories: Annotated[
        int, typer.Option(min=0, max=20_000, help="With --check: random healthy parcels to try the stuck queue with.")
    ] = 2000,
    speed: Annotated[int, typer.Option(min=1, max=120, help="Minutes of shop time a second.")] = 20,
) -> None:
    """Watch orders travel: real processes against local servers that speak as carriers, mailbox and phones do."""
    set_up(LogFormat.CONSOLE, stream=sys.stderr, process="demo")
    if not check:
        from tracker.demo import show

        raise typer.Exit(show.run(speed=speed, say=say))
    from tracker.demo import check as stepping

    try:
        code = stepping.run(seed=seed, only=only, histories=histories, say=say)
    except KeyError:
        fail(f"There is no story {only!r}. `wismo demo --check` without --only plays and names them all.")
    raise typer.Exit(code)


def _must_be_free(port: int) -> None:
    """Two servers on one port both start, and each gets half of the other's requests."""
    from tracker.jobs.machine import is_free

    if not is_free(port):
        fail(f"Port {port} is taken, perhaps by another Wismo: stop that one, or set PORT to a free one.")
