"""In which language a reader is answered: as asked, as the order says, as the browser accepts, as the brand writes."""

import re

import pytest

from tests.web.shop import Shop
from tests.web.test_unsubscribe import link

GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.1"}
LANGUAGE = re.compile(r'<html lang="([^"]+)" dir="ltr"')


def language(html: str) -> str:
    found = LANGUAGE.search(html)
    return found[1] if found else ""


def order_of(shop: Shop, locale: str) -> str:
    """The path of the page of someone with this locale."""
    person = {"name": "Ada Nord", "email": "ada@shopper.example", "locale": locale}
    return shop.page_path(shop.an_order(f"of {locale or 'nobody'}", recipients=[person]))


@pytest.mark.parametrize(
    ("locale", "query", "headers", "answered"),
    [
        ("de", "", {}, "de"),
        ("de-CH", "", {"accept-language": "en-GB"}, "de-CH"),
        ("de-CH", "?lang=en", {"accept-language": "de"}, "en-CH"),
        ("en-GB", "?lang=de", {}, "de"),
        ("en-GB", "?lang=xx", {}, "en-GB"),
        ("en-GB", "?lang=../de", {}, "en-GB"),
        ("", "", GERMAN, "de-AT"),
        ("", "", {"accept-language": "sv, nb;q=0.5"}, "en"),
    ],
)
def test_the_page_speaks_as_asked(
    small_shop: Shop, locale: str, query: str, headers: dict[str, str], answered: str
) -> None:
    path = order_of(small_shop, locale)

    assert language(small_shop.client.get(path + query, headers=headers).text) == answered


def test_one_readers_language_is_not_anothers(small_shop: Shop) -> None:
    path = order_of(small_shop, "")

    first = small_shop.client.get(path, headers=GERMAN)
    second = small_shop.client.get(path, headers={"accept-language": "en-GB"})
    again = small_shop.client.get(path, headers=GERMAN | {"if-none-match": first.headers["etag"]})
    other = small_shop.client.get(path, headers={"accept-language": "en-GB", "if-none-match": first.headers["etag"]})

    assert [language(first.text), language(second.text), language(other.text)] == ["de-AT", "en-GB", "en-GB"]
    assert again.status_code == 304
    assert "accept-language" in first.headers["vary"].lower()


def test_the_lookup_form_and_its_answer_speak_one_language(small_shop: Shop) -> None:
    client = small_shop.client
    asked = client.get("/track?lang=de")
    action = re.findall(r'action="(/track[^"]*)"', asked.text)[0]

    refused = client.request("POST", action, data={"number": "of nobody", "proof": "5013"})

    assert action == "/track?lang=de"
    assert [language(asked.text), language(refused.text)] == ["de", "de"]
    assert language(client.get("/track", headers=GERMAN).text) == "de-AT"
    assert language(client.get("/track?lang=en", headers=GERMAN).text) == "en-AT"


def test_a_link_that_leads_nowhere_says_so_in_the_askers_language_and_no_more(small_shop: Shop) -> None:
    nowhere = ["/t/" + "x" * 22, "/t/short", "/u/" + "y" * 60, "/nothing"]

    german = {small_shop.client.get(path, headers=GERMAN).text for path in nowhere}
    plain = {small_shop.client.get(path).text for path in nowhere}

    assert [language(each) for each in (*german, *plain)] == ["de-AT", "en"]


def test_the_way_out_of_our_mails_keeps_its_language(small_shop: Shop) -> None:
    client, path = small_shop.client, link(small_shop)

    asked = client.get(f"{path}?lang=de")
    stopped = client.request("POST", f"{path}?lang=de", data={"choice": "stop"})

    assert f'action="{path}?lang=de"' in asked.text
    assert [language(asked.text), language(stopped.text)] == ["de", "de"]
