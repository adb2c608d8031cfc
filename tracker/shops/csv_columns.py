"""Which column of a CSV file means what, under the names shops and spreadsheets give them."""

import re
from collections.abc import Mapping, Sequence

from tracker.shops.csv_rows import NoTable

# Column -> the field of the order's JSON it fills, and its other names without case, blanks and punctuation.
COLUMNS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "order": ("number", ("ordernumber", "orderno", "orderid", "ordername", "bestellnummer", "reference")),
    "brand": ("brand", ("shop", "store")),
    "placed_at": ("placed_at", ("placed", "createdat", "orderdate", "date", "datecreated", "orderedat")),
    "confirmed_at": ("confirmed_at", ("confirmed", "paidat", "datepaid")),
    "packed_at": ("packed_at", ("packed", "fulfilledat")),
    "cancelled_at": ("cancelled_at", ("cancelled", "canceledat", "canceled")),
    "tracking": (
        "shipments[0].tracking_number",
        ("trackingnumber", "trackingno", "trackingnumbers", "trackingcode", "trackingid", "sendungsnummer", "awb"),
    ),
    "carrier": (
        "shipments[0].carrier",
        ("courier", "shippingcarrier", "trackingcompany", "shippingprovider", "trackingprovider", "provider"),
    ),
    "service": ("shipments[0].service", ("shippingmethod", "servicelevel")),
    "email": ("recipients[0].email", ("mail", "emailaddress", "customeremail", "billingemail", "contactemail")),
    "phone": (
        "recipients[0].phone",
        ("phonenumber", "mobile", "telephone", "customerphone", "billingphone", "shippingphone"),
    ),
    "name": ("recipients[0].name", ("customer", "customername", "recipient", "shippingname", "recipientname")),
    "locale": ("recipients[0].locale", ("language", "lang", "customerlocale")),
    "time_zone": ("destination.time_zone", ("timezone", "tz")),
    "country": ("destination.country", ("countrycode", "shippingcountry", "shippingcountrycode", "destinationcountry")),
    "region": ("destination.region", ("state", "province", "shippingprovince", "shippingstate", "shippingregion")),
    "city": ("destination.city", ("shippingcity", "town", "destinationcity")),
    "postcode": (
        "destination.postcode",
        ("zip", "zipcode", "postalcode", "shippingzip", "shippingpostcode", "destinationpostcode"),
    ),
    "item": ("items[0].name", ("itemname", "lineitemname", "product", "productname", "title")),
    "sku": ("items[0].sku", ("itemsku", "lineitemsku", "productsku")),
    "quantity": ("items[0].quantity", ("qty", "itemquantity", "lineitemquantity")),
    "promised_from": ("promised.first_day", ("promisedfirstday", "deliveryfrom", "eta", "promised", "deliverydate")),
    "promised_to": ("promised.last_day", ("promisedlastday", "deliveryto", "deliveryuntil")),
    "email_consent": ("recipients[0].consents", ("emailconsent", "acceptsemail")),
    "sms_consent": ("recipients[0].consents", ("smsconsent", "acceptssms")),
    "consent_source": ("recipients[0].consents", ()),
    "consent_at": ("recipients[0].consents", ("consenttime", "consentdate")),
}
NAMES: Mapping[str, str] = {
    alias: column for column, (_, aliases) in COLUMNS.items() for alias in (column.replace("_", ""), *aliases)
}


def columns_of(header: Sequence[str]) -> tuple[str, ...]:
    """The column of each cell, "" for one we do not use. Raises NoTable when no cell names the order."""
    known = [NAMES.get(_plain(cell), "") for cell in header]
    if "order" not in known and "name" in (plain := [_plain(cell) for cell in header]):
        known[plain.index("name")] = "order"  # Shopify's export calls the order's number "Name"
    if "order" not in known:
        raise NoTable(
            'No column names the order. The first line must hold the names of the columns, one of them "order"; '
            f"found {len(header)} column(s). Known columns: {', '.join(COLUMNS)}."
        )
    return tuple("" if column in known[:at] else column for at, column in enumerate(known))


def ignored(header: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    """The cells of a header whose columns are not read: unknown, or a second one of what another states."""
    return tuple(cell.strip() for cell, column in zip(header, columns, strict=True) if cell.strip() and not column)


def column_of(field: str) -> str:
    """The column a problem's field came from: the longest that fits, so that inner fields find their column."""
    fits = [(len(path), column) for column, (path, _) in COLUMNS.items() if field.startswith(path)]
    return max(fits)[1] if fits else field


def _plain(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell.casefold())
