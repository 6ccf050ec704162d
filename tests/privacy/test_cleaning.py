"""One rule for what is personal in JSON, at both doors: events, and lines that are none."""

import json
import random
import re

import polars as pl
import pytest

from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.privacy.cleaning import Cleaner
from tsa_cli.privacy.field_crypto import Keys, sha256_hex
from tsa_cli.privacy.odd_rows import odd_row

KEYS = Keys(encryption=bytes(32))
EMAIL, PHONE = f"sha256:{sha256_hex('b@x.de')}", f"sha256:{sha256_hex('+491701234567')}"
WIDE = "sha256:" + sha256_hex("b\uff20x.de")
ANN = f"sha256:{sha256_hex('ann')}"


def cleaned(document: object, **privacy: object) -> object:
    """The document as it is stored with an event; found by the search for suspects."""
    text = json.dumps(document)
    found = Cleaner(PrivacyConfig(**privacy)).documents(pl.Series(["{}", text]))
    return json.loads(found.get(1, text))


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"user_data": {"email": "B@x.de "}}, {"user_data": {"email": EMAIL}}),
        ({"a": [{"address": {"firstName": "Ann"}}]}, {"a": [{"address": {"firstName": ANN}}]}),
        ({"$email": "b@x.de", "$first_name": "Ann"}, {"$email": EMAIL, "$first_name": ANN}),
        ({"u": {"First Name": "Ann"}, "FirstName": "Ann", "E-Mail": "b@x.de"}, {
            "u": {"First Name": ANN}, "FirstName": ANN, "E-Mail": EMAIL}),
        ({"s": "{'Phone-Number': '+491701234567', oops"}, {
            "s": f"{{'Phone-Number': '{PHONE}', oops"}),
        ({"phone": 491701234567}, {"phone": f"sha256:{sha256_hex('491701234567')}"}),
        ({"email": {"home": "b@x.de"}}, {"email": {"home": EMAIL}}),
        ({"url": "https://s/?email=b&p=1"}, {"url": "https://s/?email=(redacted)&p=1"}),
        ({"$current_url": "/a?q=b%40x.de"}, {"$current_url": "/a?q=(redacted)"}),
        ({"search": "phone=1&p=2"}, {"search": "phone=(redacted)&p=2"}),
        ({"search": "all&phone=1"}, {"search": "all&phone=(redacted)"}),
        ({"ids": ["d", "b@x.de"]}, {"ids": ["d", EMAIL]}),
        ({"note": "mail b@x.de or B@x.de"}, {
            "note": f"mail {EMAIL} or sha256:{sha256_hex('B@x.de')}"}),
        ({"b@x.de": 1}, {EMAIL: 1}),
        ({"n": "b\uff20x.de", "u": "/?e%6Dail=b"}, {
            "n": WIDE, "u": "/?email=(redacted)"}),
        ({"s": '{"first_name": "Ann", oops'}, {"s": f'{{"first_name": "{ANN}", oops'}),
        ({"s": ["{'key': 'firstName', 'value': 'Ann'}"]}, {
            "s": [f"{{'key': 'firstName', 'value': '{ANN}'}}"]}),
        ({"n": ["a@x.js.org", "a@2x.de", "a@x.de.pdf"], "url": "/a@2x.de/b@2x.png,b@x.de.pdf"}, {
            "n": [f"sha256:{sha256_hex(n)}" for n in ("a@x.js.org", "a@2x.de", "a@x.de.pdf")],
            "url": "/(redacted)/b@2x.png,(redacted)"}),
        ({"user": {"ip": "2001:db8:1:2::9"}}, {"user": {"ip": "2001:db8:1::"}}),
        ({"context_ip": "203.0.113.9"}, {"context_ip": "203.0.113.0"}),
        ({"x_forwarded_for": "203.0.113.9, 10.0.0.1"}, {"x_forwarded_for": "203.0.113.0"}),
        ({"h": {"X-Forwarded-For": "203.0.113.9"}, "IP": "203.0.113.9", "clientIp": "::1"}, {
            "h": {"X-Forwarded-For": "203.0.113.0"}, "IP": "203.0.113.0", "clientIp": "::"}),
        ({"f": {" First Name ": "Ann"}, "zip": "1"}, {"f": {" First Name ": ANN}, "zip": "1"}),
        ({"fields": [{"label": "First name", "value": "Ann"}, {"name": "phone", "value": "X"}]}, {
            "fields": [{"label": "First name", "value": ANN}, {"name": "phone", "value": "X"}]}),
        ({"set": '{"first_name": "Ann"}'}, {"set": f'{{"first_name":"{ANN}"}}'}),
        (
            {"p": [{"key": "phone", "value": {"string_value": "+491701234567", "a_micros": 1e15}}]},
            {"p": [{"key": "phone", "value": {"string_value": PHONE, "a_micros": 1e15}}]},
        ),
        (
            {"p": [{"key": "page_location", "value": {"string_value": "a&email=b"}}]},
            {"p": [{"key": "page_location", "value": {"string_value": "a&email=(redacted)"}}]},
        ),
        ({"n": "x" * 64 + "@x.de"}, {"n": f"sha256:{sha256_hex('x' * 64 + '@x.de')}"}),
    ],
)  # fmt: skip
def test_personal_values_leave_a_document_wherever_they_stand(sent: object, stored: object) -> None:
    assert cleaned(sent) == stored
    assert cleaned(stored) == stored
    assert json.loads(Cleaner(PrivacyConfig(), KEYS).line(json.dumps(stored).encode())) == stored


@pytest.mark.parametrize(
    "text",
    [
        '{"mail_opened": true, "email": true, "phone": null, "first_name": ""}',
        '{"name": "Ann Poe", "utm": {"medium":"email","device":"mobile"}, "price": 1.10}',
        '{"url":"https://s/?utm_medium=email&p=iphone", "handle":"@ann", "size":"2 @ 3"}',
        '{"mobile": "iPhone 12", "mail": 5, "phone": {"brand": "X"}, "e_mail": "ok"}',
        '{"list": [{"key": "device", "value": {"string_value": "mobile"}}], "ip": "203.0.113.0"}',
        '{"img": "logo@2x.png", "a": "/i/logo@3x.min.css?v=1", "b": "s@2x~ipad.jpg x@1.2.js"}',
        '{"url": "https://cdn.x/a@2x.png,b@2x.WOFF2", "src": "logo@2x.webp)"}',
        "[Amplitude] Page",
    ],
)
def test_what_is_not_personal_stays_to_the_letter(text: str) -> None:
    assert Cleaner(PrivacyConfig()).documents(pl.Series([text])) == {} or not text.startswith("{")
    assert Cleaner(PrivacyConfig(), KEYS).line(text.encode()) == text


@pytest.mark.parametrize(
    ("key", "value", "is_kept"),
    [("mobile", True, False), ("first_name", False, False), ("phone", None, False),
     ("phone", "0151", True), ("mail", 5, True), ("is_vip", True, True)],
)  # fmt: skip
def test_what_can_be_no_trait_takes_no_real_ones_place(
    key: str, value: object, *, is_kept: bool
) -> None:
    assert bool(Cleaner(PrivacyConfig()).trait(key, value)) is is_kept


def test_an_address_stands_in_no_trait_whatever_it_is_called() -> None:
    cleaner = Cleaner(PrivacyConfig())
    assert cleaner.trait("$last_ip", "203.0.113.9") == {"$last_ip": "203.0.113.0"}
    assert cleaner.trait("b@x.de", 1) == {EMAIL: "1"}
    assert Cleaner(PrivacyConfig(ip="drop")).trait("ip", "203.0.113.9") == {}


def test_a_dropped_field_leaves_no_key_and_other_policies_one_form_each_time() -> None:
    sent = {"contact": {"email": "b@x.de", "x": 1, "phones": [{"phone": "1"}]}}
    assert cleaned(sent, pii={"email": "drop"}) == {"contact": {"x": 1, "phones": [{"phone": "1"}]}}
    assert cleaned(sent, pii={"email": "encrypt"}) == cleaned(sent, pii={"email": "hash"})


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (r'{"\u0065mail": "b@x.de"}', f'{{"email":"{EMAIL}"}}'),
        (r'{"u": "/?phone\u003d1"}', '{"u":"/?phone=(redacted)"}'),
        (r'{"u": "b\u0040x.de"}', f'{{"u":"{EMAIL}"}}'),
    ],
)
def test_signs_that_are_written_by_their_number_hide_nothing(sent: str, stored: str) -> None:
    assert Cleaner(PrivacyConfig()).documents(pl.Series([sent])) == {0: stored}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ('{"a":"c","a":"b@x.de"}', '{"a":"c"}'),
        ('{"deep": {"first_name": "", "first_name": "Ann"}}', '{"deep":{"first_name":""}}'),
        (r'{"s":"{\"phone\":0,\"phone\":\"0151777\"}"}', r'{"s":"{\"phone\":0}"}'),
        ('{"a":"b@x.de","a":"c"}', f'{{"a":"{EMAIL}"}}'),
    ],
)
def test_of_two_equal_keys_the_first_holds_and_the_other_hides_nothing(
    sent: str, stored: str
) -> None:
    assert Cleaner(PrivacyConfig()).documents(pl.Series([sent])) == {0: stored}


def test_a_number_that_no_float_can_be_is_kept_as_a_text() -> None:
    line = Cleaner(PrivacyConfig()).line(b'{"email":"b@x.de","n":-1e999}')
    assert line == f'{{"email":"{EMAIL}","n":"-1e999"}}'


@pytest.mark.parametrize("odd", ["9" * 5000, '{"a":' * 900 + "1" + "}" * 900], ids=["long", "deep"])
def test_a_document_beyond_the_reader_is_cleaned_as_a_text(odd: str) -> None:
    texts = [f'{{"n":{odd},"email":"b@x.de"}}', '{"note":"b@x.de"}']
    clean = Cleaner(PrivacyConfig()).documents(pl.Series(texts))
    assert clean == {0: f'{{"n":{odd},"email":"{EMAIL}"}}', 1: f'{{"note":"{EMAIL}"}}'}


def test_what_claims_to_be_protected_is_not_believed() -> None:
    assert "b@x.de" not in Cleaner(PrivacyConfig()).line(b'{"email": "enc:v1:b@x.de"}')


@pytest.mark.parametrize("end", ['"', "", '", "x": 1'])
def test_a_line_that_is_cut_keeps_no_personal_value(end: str) -> None:
    cut = (
        r'{"t": "10:00:00", "ip": "2001:db8:aa:bbcc::1", "p": "{\"mail\": \"b@x.de\"}",'
        ' "phone": 491701234567, "u": "/?phone=+4917", "last_name": "Poe", "from": "203.0.113.77",'
        f' "l": [{{"key": "phone", "value": {{"string_value": "+493012"}}}}], "surname": "Zorg{end}'
    )
    cleaner = Cleaner(PrivacyConfig(), KEYS)
    text = cleaner.line(cut.encode())
    for clear in ("bbcc", "b@x", "1234567", "+49", "Poe", "Zorg", "113.77"):
        assert clear in cut
        assert clear not in text
    assert text.startswith('{"t": "10:00:00", "ip": "2001:db8:aa::"')
    assert cleaner.line(text.encode()) == text


@pytest.mark.parametrize(
    "line",
    [
        "at=info first_name=Zorg phone=+49170123456 x=1", "last_name=\"De Zorg\" x='1'",
        "{event: x, first_name: Zorg, phone: 49170123456}", "surname: Zorg",
        '{"surname" => "Zorg"}', r'{"x": 1, "first\u005fname": "Zorg",', '"first_name=Zorg&x=1"',
        '{"b": "x=1&surname=Zorg"}',
    ],
)  # fmt: skip
def test_a_line_of_a_log_or_a_script_keeps_no_personal_value(line: str) -> None:
    cleaner = Cleaner(PrivacyConfig())
    text = cleaner.line(line.encode())
    assert "Zorg" not in text
    assert "170123456" not in text
    assert cleaner.line(text.encode()) == text
    for kept in ("mail: sent, x=1", "mobile: true, phone: none, x", "{page: 1, name: x}", "a=b c"):
        assert cleaner.line(kept.encode()) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (r'{"first_name":"\u00c9lodie", x', "{'first_name':'élodie'}"),
        (r'{"firstName":"Ca\"mela","x":1', '{"firstName":"ca\\"mela"}'),
        (r'{"s":"{\"first_name\":\"Am\\u00e9lie\\\"\"}","x', '{"first_name":"amélie\\""}'),
        ('{"first_name":["Ann", {"a": "Poe"}], x', '{"first_name":["ann","poe"]}'),
        ('{"last_name":{"string_value":"Poe"}, x', '{"last_name":{"a":"poe"}}'),
        ("{'first_name': 'Ann', 'surname': \"O'Neil\"}", '{"surname":["ann","o\'neil"]}'),
        (r'{"first_name": "A\ud83d", "x": 1}', r'{"first_name": "A\\ud83d"}'),
        ('{"surname":, "x": ["first_name": Ann Poe], ', '{"first_name":"ann poe"}'),
        ('{"first_name": Ann Poe, "x"', '{"first_name":"ann poe"}'),
    ],
)
def test_what_is_nearly_json_is_hashed_as_what_it_says(sent: str, kept: str) -> None:
    cleaner = Cleaner(PrivacyConfig())
    text = cleaner.line(sent.encode())
    hashes = re.findall("sha256:[0-9a-f]{64}", text)
    assert hashes == re.findall("sha256:[0-9a-f]{64}", cleaner.line(kept.encode()))
    assert hashes
    assert re.sub(r"sha256:[0-9a-f]{64}", "", text).count("x") == sent.count("x")
    assert not re.search("lodie|mela|lie|Ann|Poe|Neil", text)
    assert cleaner.line(text.encode()) == text


@pytest.mark.parametrize("end", ["", '"]'])
def test_a_row_of_another_length_keeps_no_cell_where_its_header_names_a_person(end: str) -> None:
    row = odd_row(["n", "traits.phone"], ["u2", "2026-10-01T10:00:00Z", "0151", "É"]) + end
    text = Cleaner(PrivacyConfig()).line(row.encode())
    cells = [f"sha256:{sha256_hex(cell)}" for cell in ("u2", "0151", "É")]
    assert (
        text == odd_row(["n", "traits.phone"], [cells[0], "2026-10-01T10:00:00Z", *cells[1:]]) + end
    )
    assert Cleaner(PrivacyConfig()).line(text.encode()) == text
    plain = odd_row(["n", "x"], ["u2"])
    assert Cleaner(PrivacyConfig()).line(plain.encode()) == plain


def test_what_was_encrypted_comes_back_with_its_key_only() -> None:
    sent = {
        "a": {"email": "b@x.de"},
        "l": [{"key": "phone", "value": {"string_value": "+49170123"}}],
    }
    line = Cleaner(PrivacyConfig(), KEYS).line(json.dumps(sent).encode())
    assert "b@x.de" not in line
    assert "+49170123" not in line
    assert json.loads(Cleaner(PrivacyConfig(), KEYS).restored(line)) == sent
    other = Keys(encryption=bytes([1]) * 32)
    assert json.loads(Cleaner(PrivacyConfig(), other).restored(line)) == json.loads(line)


NAMES = (
    "email",
    "$phone",
    " Phone ",
    "X-Real-IP",
    "firstName",
    "url",
    "search",
    "ip",
    "key",
    "value",
    "string_value",
    "n",
)
VALUES = (
    "b@x.de", "/?email=1", "https://u:p@h/", "phone=12", "203.0.113.9", "::1", "email", "[1", "a=b",
    '{"email":"q","z":"b@x.de"}', "a%40b.de", "Ann", 1, 1.5, True, None, "", "enc:v1:x", EMAIL,
    '{"phone":"0151777","surname":["Poe",', "u={'phone': '0151777', 'a': 1}",
)  # fmt: skip


def some_value(rng: random.Random, depth: int) -> object:
    """Nested values of which about half are personal."""
    kind = rng.random() if depth else 1.0
    if kind < 0.4:
        return {rng.choice(NAMES): some_value(rng, depth - 1) for _ in range(3)}
    return [some_value(rng, depth - 1)] * 2 if kind < 0.5 else rng.choice(VALUES)


def test_the_search_misses_nothing_and_what_is_clean_stays_so() -> None:
    rng = random.Random(1)
    texts = [json.dumps({rng.choice(NAMES): some_value(rng, 3)}) for _ in range(400)]
    hashing, encrypting = Cleaner(PrivacyConfig()), Cleaner(PrivacyConfig(), KEYS)
    found = hashing.documents(pl.Series(texts))
    given = [text.encode() for text in texts]
    clean = hashing.lines(given)
    assert [found.get(place, text) for place, text in enumerate(texts)] == clean
    assert hashing.lines([text.encode() for text in clean]) == clean
    sealed, again = encrypting.lines(given), encrypting.lines(given)
    assert [encrypting.restored(text) for text in sealed] == list(map(encrypting.restored, again))
    cut = hashing.lines([line[: rng.randrange(len(line))] for line in given[:50]])
    assert hashing.lines([text.encode() for text in cut]) == cut
