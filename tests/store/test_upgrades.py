"""What stood in the tables before a migration means the same after it."""

from dataclasses import replace
from datetime import timedelta

from alembic import command
from alembic.config import Config
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update

from notifiers.message import Channel
from tests.store.builders import BOOT, MINUTE, NOON, SECRET, a_notification, a_recipient, an_order, stored
from tests.store.desk import told
from tracker.domain.people import RecipientId
from tracker.store import people, schema
from tracker.store.columns import Instant
from tracker.store.engine import WRITES, open_engine
from tracker.store.help_tables import ratings
from tracker.store.outbox_tables import invitations, page_tokens
from tracker.store.tables import recipients
from tracker.store.unit import open_store
from tracker.store.vault import fingerprint

WORDS = ("id", "order_id", "link_sha256", "carrier", "brand")
NOTED = [invitations.c[name] for name in ("order_id", "contact_hmac", "asked_machine_at", "agreed_machine_at")]
RATINGS_BEFORE = Table(
    "ratings", MetaData(), *(Column(name, String) for name in WORDS), Column("score", Integer), Column("at", Instant)
)


def migrate_to(url: str, revision: str) -> None:
    engine = open_engine(url)
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(schema.FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_of_one_readers_ratings_by_several_links_the_newest_stays(database_url: str) -> None:
    migrate_to(database_url, "0011")
    store = open_store(database_url, secret=SECRET)
    order = stored(store, an_order())
    (note,) = told(store, a_notification(order))
    own = fingerprint(store.vault.page_token(order.id))
    links: dict[str, dict[str, object]] = {
        "mail": {"id": note, "notification_id": note, "recipient_id": None},
        "friend": {"id": "friend", "notification_id": None, "recipient_id": "friend"},
    }
    with store.begin() as connection:
        for sha, link in links.items():
            row = link | {"order_id": order.id, "token_sha256": sha, "purpose": "mail", "created_at": NOON}
            connection.execute(insert(page_tokens), row)
        for n, (sha, score) in enumerate({own: 0, "mail": 5, "friend": 9}.items()):
            row = {"id": f"{n}", "order_id": order.id, "link_sha256": sha, "carrier": "ups", "brand": order.brand}
            connection.execute(insert(RATINGS_BEFORE), row | {"score": score, "at": NOON + n * timedelta(days=1)})
    store.close()

    schema.migrate(database_url)

    store = open_store(database_url, secret=SECRET)
    with store.read() as snapshot:
        kept = snapshot.connection.execute(select(ratings.c.reader_id, ratings.c.score)).all()
    store.close()
    assert {tuple(each) for each in kept} == {(order.recipients[0].id, 5), ("friend", 9)}


def test_who_was_asked_before_there_was_a_record_of_it_counts_as_asked(database_url: str) -> None:
    migrate_to(database_url, "0010")
    store = open_store(database_url, secret=SECRET)
    order = stored(store, an_order(recipient=a_recipient("ada@shopper.example")))
    friends = {"silent": "bo@friend.example", "agreed": "cy@friend.example"}
    with store.begin() as connection:
        for id_, address in friends.items():
            person = replace(a_recipient(address), id=RecipientId(id_))
            people.add(connection, person, order_id=order.id, vault=store.vault)
            asked = {"invited_machine_at": BOOT, "confirmed_machine_at": BOOT + MINUTE if id_ == "agreed" else None}
            connection.execute(update(recipients).where(recipients.c.id == id_), asked)
    store.close()

    schema.migrate(database_url)

    store = open_store(database_url, secret=SECRET)
    with store.read() as snapshot:
        kept = {tuple(each) for each in snapshot.connection.execute(select(*NOTED))}
    hashed = {id_: store.vault.contact_hmac(Channel.EMAIL, address) for id_, address in friends.items()}
    store.close()
    assert kept == {(order.id, hashed["silent"], BOOT, None), (order.id, hashed["agreed"], BOOT, BOOT + MINUTE)}
