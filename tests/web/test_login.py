"""Whether the console lets in whom it should, tells guessers nothing, and takes forms from its own pages only."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.planting import planted
from tests.web.ops import PASSWORD, Visit, inside, let_in
from tests.web.shop import Client, Shop
from tracker.store import admins, passwords
from tracker.web import sessions
from tracker.web.app import create_app

MINUTE = timedelta(minutes=1)


def test_a_password_opens_the_console_and_logging_out_shuts_it(small_shop: Shop) -> None:
    visit = inside(small_shop)
    assert visit.get("/ops/stuck").status_code == 200
    stolen = visit.cookie

    assert visit.post("/ops/logout", csrf=visit.csrf("/ops/stuck")).status_code == 303

    assert visit.get("/ops/stuck").status_code == 303
    small_shop.client.cookies.clear()
    assert small_shop.client.get("/ops/stuck", headers={"Cookie": stolen}).status_code == 303


@pytest.mark.parametrize("path", ["/ops/stuck", "/ops/stuck.csv", "/ops/orders/alpenglow/2026%2F101"])
def test_nobody_sees_a_page_without_logging_in_and_comes_back_to_it_afterwards(small_shop: Shop, path: str) -> None:
    let_in(small_shop)
    visit = Visit(small_shop)

    sent = visit.get(f"{path}?brand=volta").headers["location"]
    next_ = small_shop.client.get(sent).text.partition('name="next" value="')[2].partition('"')[0]

    assert sent.startswith("/ops/login?next=")
    assert visit.login(next=next_).headers["location"].startswith(path.partition("%")[0])


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/t/abc",
        "javascript:alert(1)",
        "/ops/\r\nX: y",
        "",
        "/ops/logout",
    ],
)
def test_no_link_leads_away_from_the_console(small_shop: Shop, next_: str) -> None:
    let_in(small_shop)

    assert Visit(small_shop).login(next=next_).headers["location"] == "/ops/stuck"


def test_a_wrong_password_and_an_unknown_name_get_one_answer(small_shop: Shop) -> None:
    let_in(small_shop)
    visit = Visit(small_shop)

    wrong, unknown = visit.login(password="wrong"), visit.login(name="nobody")

    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text == unknown.text
    assert visit.get("/ops/stuck").status_code == 303


def test_a_known_and_an_unknown_name_cost_one_check_of_the_same_work(small_shop: Shop) -> None:
    let_in(small_shop)
    checked: list[str] = []

    def noted(hashed: str, password: str) -> bool:
        checked.append(hashed)
        return right(hashed, password)

    right = passwords.fits
    with planted(passwords, "fits", noted):
        entered = [sessions._enter(small_shop.app, name, "wrong", None) for name in ("ada", "nobody")]

    assert entered == [None, None]
    known, unknown = checked
    assert known != unknown
    assert known.split("$")[1:4] == unknown.split("$")[1:4], "the same way, memory, rounds and lanes"


def test_tries_are_counted_and_time_heals(small_shop: Shop) -> None:
    let_in(small_shop)
    visit = Visit(small_shop)

    answers = [visit.login(password="wrong").status_code for _ in range(9)]
    shut = visit.login()
    small_shop.clocks.pass_by(20 * MINUTE)

    assert answers == [403] * 8 + [429]
    assert shut.status_code == 429, "the right password neither"
    assert int(shut.headers["retry-after"]) <= 16 * 60
    assert visit.login().status_code == 303


def test_one_address_cannot_try_many_names(small_shop: Shop) -> None:
    visit = Visit(small_shop)

    answers = {visit.login(name=f"name{n}", password="x").status_code for n in range(31)}

    assert answers == {403, 429}


def test_a_form_from_elsewhere_changes_nothing(small_shop: Shop) -> None:
    let_in(small_shop)
    visit = Visit(small_shop)

    without = visit.post("/ops/login", name="ada", password=PASSWORD)
    csrf = visit.csrf()
    forged = visit.post("/ops/login", name="ada", password=PASSWORD, csrf=csrf[::-1])
    foreign = visit.post("/ops/login", name="ada", password=PASSWORD, csrf="ünïcödé")
    headers = {"Sec-Fetch-Site": "cross-site"}
    fields = {"name": "ada", "password": PASSWORD, "csrf": csrf}
    crossed = small_shop.client.request("POST", "/ops/login", data=fields, headers=headers)

    assert [each.status_code for each in (without, forged, foreign, crossed)] == [403] * 4
    assert visit.get("/ops/stuck").status_code == 303


def test_a_logout_from_elsewhere_logs_nobody_out(small_shop: Shop) -> None:
    visit = inside(small_shop)

    visit.post("/ops/logout", csrf="0" * 64)

    assert visit.get("/ops/stuck").status_code == 200


def test_logging_in_gives_a_token_that_the_browser_did_not_bring(small_shop: Shop) -> None:
    let_in(small_shop)
    visit = Visit(small_shop)
    visit.csrf()
    before = visit.cookie

    visit.login()

    assert visit.cookie != before
    small_shop.client.cookies.clear()
    assert small_shop.client.get("/ops/stuck", headers={"Cookie": before}).status_code == 303


def test_a_session_ends_by_time_by_a_new_password_and_with_its_owner(small_shop: Shop) -> None:
    visit = inside(small_shop)
    let_in(small_shop)
    assert visit.get("/ops/stuck").status_code == 303, "a new password"
    visit.login()
    small_shop.clocks.pass_by(admins.LASTS)
    assert visit.get("/ops/stuck").status_code == 303, "time"
    visit.login()
    assert visit.get("/ops/stuck").status_code == 200
    with small_shop.app.store.begin() as connection:
        admins.remove(connection, "ada")

    assert visit.get("/ops/stuck").status_code == 303


def test_the_cookie_is_for_the_browser_alone(small_shop: Shop) -> None:
    let_in(small_shop)

    said = Visit(small_shop).login().headers["set-cookie"]

    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in said.split(";")}
    assert "Domain" not in said


def test_behind_tls_the_cookie_is_bound_to_its_host(small_shop: Shop) -> None:
    let_in(small_shop)
    app = replace(small_shop.app, settings=replace(small_shop.app.settings, public_url="https://track.test"))
    client = Client(create_app(app, version="0.test"))
    behind_tls = Visit(replace(small_shop, client=client))

    said = behind_tls.login().headers["set-cookie"]
    inside_ = behind_tls.get("/ops/stuck").status_code
    client.close()

    assert said.startswith("__Host-wismo=")
    assert "Secure" in said
    assert inside_ == 200


def test_the_log_names_nobody(small_shop: Shop) -> None:
    let_in(small_shop)

    with capture_logs() as lines:
        Visit(small_shop).login(password="wrong")
        Visit(small_shop).login()

    assert [line["event"] for line in lines if line["event"].startswith("login")] == ["login_refused", "login"]
    assert "ada" not in str(lines).replace("/ops/", "")
    assert PASSWORD not in str(lines)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a" * 9000, b"&".join(b"a=b" for _ in range(50)), b""])
def test_a_body_that_is_no_form_is_refused(small_shop: Shop, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = small_shop.client.request("POST", "/ops/login", content=body, headers=headers)

    assert answer.status_code == 403
