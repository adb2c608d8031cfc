"""Whether console, API and command line show the same tickets and ratings, as text and no markup."""

import csv
import io
import json
from html import unescape

from tests.cli.shell import Shell
from tests.web.ops import Visit, inside, text_of
from tests.web.shop import Shop
from tests.web.test_help import LOOKED, delivered, send
from tracker import tickets
from tracker.store.tickets import WantedTickets

HOSTILE = "<script>alert(1)</script> =cmd()"


def shell_of(shop: Shop) -> Shell:
    settings = shop.app.settings
    return Shell(settings.data_dir, {"DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key})


def closed(visit: Visit, ticket_id: str, **fields: str) -> int:
    csrf = visit.csrf("/ops/tickets")
    return visit.post(
        f"/ops/tickets/{ticket_id}/close", **{"csrf": csrf, "back": "/ops/tickets", "note": "Sent again."} | fields
    ).status_code


def test_three_faces_show_the_same_ticket_and_the_order_shows_it_too(shop: Shop) -> None:
    send(shop, f"{delivered(shop)}/missing", LOOKED | {"comment": HOSTILE})
    visit = inside(shop)

    page = visit.get("/ops/tickets")
    (row,) = shop.get("/tickets").json()["tickets"]
    shell = shell_of(shop).run("tickets", "--format", "json")
    (at_the_shell,) = json.loads(shell.stdout)
    (listed,) = csv.DictReader(io.StringIO(shell_of(shop).run("tickets", "--format", "csv").stdout, newline=""))

    assert shell.exit_code == 1
    said = ("id", "order", "brand", "comment", "carrier_said", "todo", "times")
    assert [row[name] for name in said] == [at_the_shell[name] for name in said]
    assert "left: Front Door" in row["carrier_said"]
    assert all(str(row[name]) in text_of(page) for name in ("order", "carrier_said", "todo"))
    assert HOSTILE in unescape(page.text)
    assert "<script>" not in page.text
    assert listed["order"] == "2026/001"
    assert HOSTILE in unescape(visit.get(f"/ops/orders/{shop.brand}/2026%2F001").text)
    assert row["todo"] in shell_of(shop).run("tickets").stdout


def test_a_ticket_is_closed_from_the_console_by_whoever_is_in(small_shop: Shop) -> None:
    send(small_shop, f"{delivered(small_shop)}/missing", LOOKED)
    (ticket,) = tickets.tickets(small_shop.app, WantedTickets()).rows
    visit = inside(small_shop)

    assert closed(visit, ticket.id, csrf="0" * 64) == 403
    assert [each.closed_at for each in tickets.tickets(small_shop.app, WantedTickets()).rows] == [None]
    assert closed(visit, ticket.id) == 303
    assert "Nobody has written." in text_of(visit.get("/ops/tickets"))
    assert "Closed by ada" in text_of(visit.get("/ops/tickets?closed_too=true"))
    assert small_shop.get("/tickets").json() == {"tickets": [], "next": None, "total": 0}
    assert small_shop.get("/tickets", params={"closed_too": True}).json()["tickets"][0]["note"] == "Sent again."


def test_the_shell_closes_and_says_when_there_is_nothing_to_close(small_shop: Shop) -> None:
    send(small_shop, f"{delivered(small_shop)}/damaged", {"comment": "The corner is wet."})
    (ticket,) = tickets.tickets(small_shop.app, WantedTickets()).rows
    shell = shell_of(small_shop)

    assert shell.run("tickets", "close", ticket.id, "--note", "Refunded", "--who", "ada").exit_code == 0
    again = shell.run("tickets", "close", ticket.id)

    assert (again.exit_code, "no open ticket" in again.stderr) == (1, True)
    assert shell.run("tickets").stdout == "Nobody has written.\n"
    assert "closed by ada: Refunded" in shell.run("tickets", "--all").stdout
    assert shell.run("tickets", "--brand", "nobody").exit_code == 2


def test_a_program_closes_its_own_brands_ticket_once(small_shop: Shop) -> None:
    path = delivered(small_shop)
    send(small_shop, f"{path}/missing", LOOKED)
    (row,) = small_shop.get("/tickets").json()["tickets"]
    done = {"who": "helpdesk", "note": "Sent again."}

    def close(body: object, **more: str) -> int:
        return int(small_shop.post(f"/tickets/{row['id']}/close", body, **more).status_code)

    assert close(done, key=small_shop.make_key(small_shop.other_brand)) == 404
    assert close({"note": "Nobody did it."}) == 422
    assert close(done | {"refund": 1}) == 422
    assert "You told us" in text_of(small_shop.client.get(path))
    assert [close(done), close(done)] == [200, 404]
    assert small_shop.get("/tickets").json()["total"] == 0
    (row,) = small_shop.get("/tickets", params={"closed_too": True}).json()["tickets"]
    assert (row["closed_by"], row["note"]) == ("helpdesk", "Sent again.")


def test_a_stranger_sees_and_closes_nothing(small_shop: Shop) -> None:
    send(small_shop, f"{delivered(small_shop)}/problem", {"comment": "Hello"})
    (ticket,) = tickets.tickets(small_shop.app, WantedTickets()).rows
    stranger = Visit(small_shop)

    assert [stranger.get(path).status_code for path in ("/ops/tickets", "/ops/ratings")] == [303, 303]
    assert stranger.post(f"/ops/tickets/{ticket.id}/close", note="x").headers["location"] == "/ops/login"
    assert tickets.tickets(small_shop.app, WantedTickets()).total == 1


def test_a_brands_key_sees_its_own_tickets(small_shop: Shop) -> None:
    send(small_shop, f"{delivered(small_shop)}/problem", {"comment": "Hello"})

    assert small_shop.get("/tickets").json()["total"] == 1
    assert small_shop.get("/tickets", key=small_shop.make_key(small_shop.other_brand)).json()["total"] == 0
    assert small_shop.get("/tickets", key=small_shop.make_key(None)).json()["total"] == 1


def test_ratings_stand_by_lane_with_their_newest_words(small_shop: Shop) -> None:
    send(small_shop, f"{delivered(small_shop)}/rating", {"score": "9", "comment": HOSTILE})

    page = inside(small_shop).get("/ops/ratings")
    shell = shell_of(small_shop)
    (row,) = json.loads(shell.run("ratings", "--days", "3650", "--format", "json").stdout)

    assert (row["carrier"], row["lane"], row["ratings"], row["nps"]) == ("ups", "DE → NO", 1, 100)
    assert "DE → NO" in text_of(page)
    assert HOSTILE in unescape(page.text)
    assert "<script>" not in page.text
    assert shell.run("ratings", "--brand", small_shop.other_brand).stdout == "Nobody has rated yet.\n"


def test_a_missing_parcel_stands_in_the_queue_until_its_ticket_is_closed(shop: Shop) -> None:
    path = delivered(shop)
    send(shop, f"{path}/missing", LOOKED)
    (ticket,) = tickets.tickets(shop.app, WantedTickets()).rows

    shop.app.review()
    (row,) = shop.get("/stuck").json()["stuck"]
    tickets.close(shop.app, ticket.id, who="ada", note="Found.")
    shop.app.review()

    assert (row["reason"], row["severity"]) == ("not_there", 3)
    assert "wrote on 4 May 12:00 UTC that it is not there" in row["why"]
    assert shop.get("/stuck").json()["stuck"] == []
