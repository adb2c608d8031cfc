"""What stood in the tables before a migration means the same after it."""

from datetime import timedelta

from alembic import command
from alembic.config import Config
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from tests.store.builders import NOON, SECRET, a_notification, an_order, stored
from tests.store.desk import told
from tracker.store import schema
from tracker.store.columns import Instant
from tracker.store.engine import WRITES, open_engine
from tracker.store.help_tables import ratings
from tracker.store.outbox_tables import page_tokens
from tracker.store.unit import open_store
from tracker.store.vault import fingerprint

WORDS = ("id", "order_id", "link_sha256", "carrier", "brand")
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
