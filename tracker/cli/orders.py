"""Commands about orders: import a file, make a key for the API, take links back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from tracker.cli import opening
from tracker.cli.printing import BAD_NEWS, Format, answer, fail, json_value, rows, say
from tracker.shops.csv_columns import COLUMNS
from tracker.store import lookups

HEADER = f"CSV whose first line names its columns: {', '.join(COLUMNS)}. Only order is needed."


def add_to(cli: typer.Typer) -> None:
    """Register this room's commands."""
    cli.command(name="import")(import_)
    cli.command()(key)
    cli.command()(revoke)


def import_(
    file: Annotated[Path, typer.Argument(help=HEADER)],
    brand: Annotated[str, typer.Option(help="Whose orders these are.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; count the messages it would send.")
    ] = False,
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Take in orders from a CSV file; silent about everything that happened before now."""
    from tracker.intake.files import import_file
    from tracker.shops.csv_rows import NoTable

    if not file.is_file():
        fail(f"{file} is not a file. Name a CSV file with a header line.")
    with opening.opened() as app, Progress(transient=True) as bar:
        if brand not in app.brands:
            fail(f"There is no brand {brand!r} in config/brands.toml. Known: {', '.join(sorted(app.brands))}.")
        task = bar.add_task(f"Reading {file.name}", total=file.stat().st_size)
        try:
            report = import_file(
                app, file, brand=brand, dry_run=dry_run, progress=lambda done: bar.update(task, completed=done)
            )
        except NoTable as error:
            fail(str(error))
    left_out = [problem.as_row() for problem in report.problems]
    if form is Format.JSON:
        json_value(report.as_json() | {"left_out": left_out})
    else:
        rows(left_out, form=form, title="Rows left out", empty="Every row was read.")
    if form is Format.TABLE:
        for warning, times in report.warnings.most_common():
            say(f"{times} order(s): {warning}")
        if report.ignored_columns:
            say(f"Columns not read: {', '.join(report.ignored_columns)}. Known columns: {', '.join(COLUMNS)}.")
        say(report.summary())
    if report.problems:
        raise typer.Exit(BAD_NEWS)


def key(
    name: Annotated[str, typer.Argument(help="What the key is for: a shop system, a person.")],
    brand: Annotated[str, typer.Option(help="The one brand it may see.")] = "",
    all_brands: Annotated[
        bool, typer.Option("--all-brands", help="A key for every brand; requests name ?brand=.")
    ] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="End the keys of this name.")] = False,
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Make an API key and print it once, or revoke it."""
    with opening.opened() as app:
        if revoke:
            ended = app.ops.revoke_keys(name)
            answer({"name": name, "revoked": ended}, form=form, said=f"Revoked {ended} key(s) named {name!r}.")
            raise typer.Exit(0 if ended else BAD_NEWS)
        if bool(brand) == all_brands:
            fail("Say which brand the key is for: --brand NAME, or --all-brands.")
        if brand and brand not in app.brands:
            fail(f"There is no brand {brand!r} in config/brands.toml. Known: {', '.join(sorted(app.brands))}.")
        secret = app.ops.make_key(name, brand=brand or None)
    answer({"name": name, "brand": brand or None, "key": secret}, form=form, said=secret)


def revoke(
    order: Annotated[str, typer.Argument(help="The shop's order number.")],
    brand: Annotated[str, typer.Option(help="Needed when two brands use the same number.")] = "",
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Let no link to an order's page work any more; what is still sent carries a new one."""
    with opening.opened() as app:
        with app.store.read() as snapshot:
            asked = [brand] if brand else sorted(app.brands)
            found = [each for slug in asked if (each := lookups.order(snapshot, slug, order))]
        if not found:
            fail(f"There is no order {order!r} of {f'brand {brand!r}' if brand else 'any brand'}.", code=BAD_NEWS)
        if len(found) > 1:
            fail(f"Several brands have an order {order!r}: {', '.join(each.brand for each in found)}. Say --brand.")
        ended = app.ops.revoke_links(found[0].id)
    said = f"{ended} link(s) to order {order} no longer work."
    answer({"order": order, "brand": found[0].brand, "revoked": ended}, form=form, said=said)
