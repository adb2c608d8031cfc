"""What a form on a shopper's page sent, and whether it was sent from one of our own pages."""

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from tracker.web import bodies
from tracker.web.problems import Refusal

LARGEST = 32 * 1024  # bytes: a thousand characters of any script, and nine bytes for each as it is sent
MOST_FIELDS = 40

Form = dict[str, str]


async def read(request: Request, *, largest: int = LARGEST) -> Form | None:
    """The first value of each field; None for what is too large or no form."""
    try:
        raw = await bodies.raw(request, largest=largest)
        found = parse_qs(raw.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except (Refusal, ValueError):
        return None
    return {name: values[0].replace("\0", "") for name, values in found.items()}


def is_from_elsewhere(request: Request) -> bool:
    """Whether another site's page sent this form; a browser says so.

    An origin of "null" says nothing: our own pages send it too, because they tell nobody where they are.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
