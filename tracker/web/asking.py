"""What the console's filter form asks for, and the links that ask for something near it."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote, urlencode

from starlette.datastructures import QueryParams

from carriers.events import Milestone
from tracker import desk
from tracker.domain.problems import StuckReason
from tracker.render.stuck import LABELS
from tracker.render.words import carrier_title
from tracker.store.stuck import Scanned, Sort, Wanted
from tracker.wiring import App

PATH = "/ops/stuck"
AGES = {"": "any time", "6h": "6 hours", "1d": "1 day", "2d": "2 days", "3d": "3 days", "7d": "7 days"}
SORTS = {Sort.SEVERITY: "gravest first", Sort.SINCE: "longest stuck first", Sort.ORDER: "order number"}
MILESTONES = (*Scanned, *(each for each in Milestone if each is not Milestone.UNKNOWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """One field of the form."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The form as it was sent. What it does not offer is taken for left out: nobody types here by hand."""

    params: dict[str, str] = field(default_factory=dict)

    @property
    def reasons(self) -> frozenset[StuckReason]:
        return frozenset(each for each in StuckReason if each == self.params.get("reason"))

    @property
    def seen_too(self) -> bool:
        return self.params.get("seen_too") == "true"

    @property
    def sort(self) -> Sort:
        return Sort(self.params.get("sort", Sort.SEVERITY))

    @property
    def cursor(self) -> str:
        return self.params.get("after", "")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.params.keys() - {"sort", "after"})

    def wanted(self) -> Wanted:
        """What the store is asked for."""
        age = self.params.get("older_than", "")
        milestone = self.params.get("milestone")
        return Wanted(
            reasons=self.reasons,
            carrier=self.params.get("carrier", ""),
            brand=self.params.get("brand", ""),
            milestone=next((each for each in MILESTONES if each == milestone), None),
            older_than=desk.read_age(age) if age else timedelta(0),
            seen_too=self.seen_too,
        )

    def link(self, path: str = PATH, **changed: str) -> str:
        """The same question but for what changes; an empty value leaves it out. A new question begins in front."""
        params = {name: value for name, value in (self.params | {"after": ""} | changed).items() if value}
        return path + (f"?{urlencode(params)}" if params else "")


def read(app: App, params: QueryParams) -> Asked:
    """What was asked for, of what is offered."""
    offered = {each.name: {value for value, _ in each.options} for each in selects(app, Asked())}
    found = {name: params.get(name, "") for name in offered if params.get(name, "") in offered[name]}
    found |= {"seen_too": params.get("seen_too", ""), "after": params.get("after", "")[:500]}
    return Asked(params={name: value for name, value in found.items() if value})


def selects(app: App, asked: Asked) -> tuple[Select, ...]:
    """The fields, with what was chosen."""
    reasons = tuple((each.value, LABELS[each]) for each in StuckReason)
    carriers = tuple((name, carrier_title(name)) for name in sorted(app.settings.carriers))
    brands = tuple((slug, app.brands[slug].name) for slug in sorted(app.brands))
    stands = tuple((each.value, "no scan yet" if each in Scanned else each.replace("_", " ")) for each in MILESTONES)
    given = (
        ("reason", "Reason", (("", "any"), *reasons)),
        ("carrier", "Carrier", (("", "any"), *carriers)),
        ("brand", "Brand", (("", "any"), *brands)),
        ("milestone", "Where it stands", (("", "anywhere"), *stands)),
        ("older_than", "Stuck for more than", tuple(AGES.items())),
        ("sort", "Order", tuple((each.value, text) for each, text in SORTS.items())),
    )
    return tuple(
        Select(name=name, label=label, value=asked.params.get(name, ""), options=options)
        for name, label, options in given
    )


def order_path(brand: str, number: str) -> str:
    """Where the console shows an order; a number like "2026/001" stays one part of the path."""
    return f"/ops/orders/{quote(brand, safe='')}/{quote(number, safe='')}"
