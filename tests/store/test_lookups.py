"""Page, API, console and CLI get the same answers to the same questions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.builders import POLICY
from tests.store.builders import BOOT, NOON, a_notification, a_recipient, a_scan, a_shipment, an_order, stored
from tests.store.desk import claim, told
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.orders import OrderStage
from tracker.domain.people import NOTHING_CHOSEN, RecipientId
from tracker.domain.wishes import Wishes
from tracker.pipeline import letters
from tracker.store import invitations, lookups, people, readers, sights, tellings
from tracker.store.ids import new_id
from tracker.store.invitations import Invitation
from tracker.store.readers import Chosen
from tracker.store.sights import Known, PageView
from tracker.store.unit import SqlStore


def test_a_page_shows_the_order_behind_its_token(store: SqlStore) -> None:
    order = stored(store, an_order(parcels=2))
    with store.write() as unit:
        unit.add_events(order.shipments[1].id, [a_scan()], seen_at=NOON, not_seen_at=None)

    with store.read() as snapshot:
        view = sights.page(snapshot, store.vault.page_token(order.id))
        version = sights.version(snapshot, store.vault.page_token(order.id))

    assert view is not None
    assert (view.order.id, view.order.version, view.locale) == (order.id, version, "en")
    assert view.events == {order.shipments[0].id: (), order.shipments[1].id: (a_scan(),)}


def test_journeys_that_count_no_more_are_kept_apart(store: SqlStore) -> None:
    order = stored(store, an_order(parcels=3))
    wrong, gone, right = order.shipments
    with store.write() as unit:
        unit.supersede(wrong.id, right.id, at=NOON)
        unit.remove_shipment(gone.id, at=NOON)

    with store.read() as snapshot:
        view = sights.page(snapshot, store.vault.page_token(order.id))

    assert view is not None
    assert [each.id for each in view.order.shipments] == [right.id]
    assert [(each.id, each.superseded_by, each.removed_at) for each in view.past] == [
        (wrong.id, right.id, None),
        (gone.id, None, NOON),
    ]


def test_a_link_in_a_message_speaks_its_readers_language(store: SqlStore) -> None:
    order = stored(store, replace(an_order(), recipients=(replace(a_recipient(), locale="fr"),)))
    told(store, a_notification(order))
    (claimed,) = claim(store)

    path = store.outbox.links(claimed, now=NOON).page_path

    with store.read() as snapshot:
        view = sights.page(snapshot, path.removeprefix("/t/"))
    assert view is not None
    assert view.locale == "fr"


def test_a_link_of_ones_own_speaks_the_language_one_chose(store: SqlStore) -> None:
    order = stored(store, an_order())
    friend = RecipientId(new_id())
    question = letters.letter(order, Notice.INVITED, friend, which="1", policy=POLICY, now=NOON)
    asked = Invitation(address="bo@friend.example", question=question, locale="nb")
    invitations.ask(store, order, asked, machine_now=BOOT)
    path = invitations.agree(store, friend, at=NOON, machine_now=BOOT)
    assert path
    token, read = path.removeprefix("/t/"), []

    for wishes in (NOTHING_CHOSEN, Wishes(locale="de")):
        readers.choose(store, Chosen(order_id=order.id, recipient_id=friend, wishes=wishes, agreed=()), at=NOON)
        with store.read() as snapshot:
            views = [sights.page(snapshot, each) for each in (token, store.vault.page_token(order.id))]
        read.append([view.locale for view in views if view])

    assert read == [["nb", "en"], ["de", "en"]]


def test_a_revoked_link_and_an_invented_one_open_nothing(store: SqlStore) -> None:
    order = stored(store, an_order())
    with store.begin() as connection:
        people.revoke_links(connection, order.id, at=NOON)

    with store.read() as snapshot:
        for token in (store.vault.page_token(order.id), "A" * 24):
            assert sights.page(snapshot, token) is None
            assert sights.version(snapshot, token) is None
            assert sights.page_unless(snapshot, token, version=1) is None


def test_whoever_has_the_page_of_this_version_is_told_so(store: SqlStore) -> None:
    order = stored(store, an_order())
    token = store.vault.page_token(order.id)

    with store.read() as snapshot:
        version = sights.version(snapshot, token)
        assert version is not None
        same = sights.page_unless(snapshot, token, version=version)
        older = sights.page_unless(snapshot, token, version=version - 1)

    assert same is Known.STILL_TRUE
    assert isinstance(older, PageView)


def test_a_list_of_orders_goes_on_where_it_stopped(store: SqlStore) -> None:
    made = [stored(store, replace(an_order(), created_at=NOON + timedelta(hours=n // 2))) for n in range(7)]
    stored(store, an_order(brand="another"))

    seen: list[str] = []
    after = None
    with store.read() as snapshot:
        while not seen or after:
            page = lookups.orders(snapshot, "northwind", after=after, stage=None, limit=3)
            seen += [each.number for each in page.orders]
            after = page.next

    assert sorted(seen) == sorted(each.number for each in made)
    assert seen[:1] == [made[6].number]


@pytest.mark.parametrize("after", ["", "!", "zzzz", "AAAA", "MTIz", "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTphYmM"])
def test_a_place_we_never_gave_begins_at_the_front(store: SqlStore, after: str) -> None:
    order = stored(store, an_order())

    with store.read() as snapshot:
        page = lookups.orders(snapshot, "northwind", after=after, stage=OrderStage.PLACED, limit=3)

    assert [each.id for each in page.orders] == [order.id]
    assert page.next is None


def test_a_journey_is_found_by_either_number_and_after_its_end(store: SqlStore) -> None:
    order = stored(store, an_order())
    old, new = order.shipments[0], a_shipment(order, n=5)
    with store.write() as unit:
        unit.add_shipment(new)
        unit.supersede(old.id, new.id, at=NOON)

    with store.read() as snapshot:
        by_number = lookups.find(snapshot, old.tracking_number)
        by_order = lookups.find(snapshot, order.number)
        nothing = lookups.find(snapshot, "1Z")

    assert [each.shipment.superseded_by for each in by_number] == [new.id]
    assert {each.shipment.id for each in by_order} == {old.id, new.id}
    assert nothing == []


def test_only_carriers_with_something_due_are_rung_for(store: SqlStore) -> None:
    order = an_order()
    stored(store, replace(order, shipments=(replace(order.shipments[0], carrier="ups"),)))

    with store.read() as snapshot:
        due = [
            lookups.carriers_due(snapshot, ["dhl", "ups"], now=NOON + timedelta(hours=hours), machine_now=BOOT)
            for hours in (-1, 0)
        ]

    assert due == [[], ["ups"]]


def test_ops_sees_what_was_told_and_what_was_not_and_why(store: SqlStore) -> None:
    order = stored(store, an_order())
    told(store, replace(a_notification(order), state=NotificationState.SUPPRESSED, why_not=WhyNot.NO_CONSENT))
    told(store, a_notification(order, seq=2))

    with store.read() as snapshot:
        every = tellings.of_order(snapshot, order.number)
        elsewhere = tellings.of_order(snapshot, order.number, brand="another")
        untold = tellings.untold(snapshot, since_machine_at=BOOT - timedelta(hours=1), limit=10)

    assert [each.state for each in every] == [NotificationState.SUPPRESSED, NotificationState.PENDING]
    assert elsewhere == []
    assert [each.why_not for each in untold] == [WhyNot.NO_CONSENT]
