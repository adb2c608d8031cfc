"""What of the texts a person should read or look up: answers obeyed on a guess, codes that are not in our table."""

from collections.abc import Iterator

from notifiers.twilio_sms.codes import is_known
from tracker.jobs.findings import Finding, Health
from tracker.store import answers, figures
from tracker.store.errors import StoreUnfit
from tracker.wiring import App

MOST = 5  # to name; /metrics counts more


def findings(app: App) -> Iterator[Finding]:
    """One for the answers, one for each code."""
    yield from _guessed(app)
    with app.store.read() as snapshot:
        refusals = figures.refusals(snapshot, machine_now=app.machine_now())
    strange = {code: times for (provider, code), times in refusals.items() if provider == "twilio" and _is_new(code)}
    for code, times in list(strange.items())[:MOST]:
        told = f"{times} attempts of seven days with code {code}, which is not in our table"
        fix = "Look it up among Twilio's error codes and add a row to notifiers/twilio_sms/codes.py."
        yield Finding(part="text codes", health=Health.OFF, finding=told, fix=fix)


def _guessed(app: App) -> Iterator[Finding]:
    try:
        with app.store.read() as snapshot:
            count = answers.how_many_guessed(snapshot, machine_now=app.machine_now())
            newest = answers.guessed(snapshot, machine_now=app.machine_now())
    except StoreUnfit as unfit:  # they were sealed with another secret
        yield Finding(part="answers", health=Health.BAD, finding=str(unfit), fix="Set the SECRET_KEY of before.")
        return
    if count:
        told = f"{count} answers of seven days were taken for STOP on a guess: {', '.join(newest)}"
        fix = "Read them in Twilio's console. Who did not mean it texts START."
        yield Finding(part="answers", health=Health.OFF, finding=told, fix=fix)


def _is_new(code: str) -> bool:
    """Twilio's codes are numbers; what we call an ending ourselves is not."""
    return code.isascii() and code.isdigit() and not is_known(int(code))
