"""What 'Dengarkan' fetches: static, kept for good, and no part of any page."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from portal.headers import HEADERS
from portal.speech import sound, spoken

LISTENED = ["/", "/daftar", "/cek", "/bantuan"]


def words_address(client: FlaskClient, path: str) -> str:
    (address,) = re.findall(
        r'data-dengar="(/static/ucapan-id\.[0-9a-f]{12}\.json)"', client.get(path).text
    )
    return str(address)


@pytest.mark.parametrize("path", LISTENED)
def test_a_page_names_its_spoken_words_and_loads_no_sound(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert words_address(client, path)
    assert "suara.js" not in page
    assert ".opus" not in page
    assert "<audio" not in page


def test_spoken_words_are_sent_compressed_and_lead_to_a_sound_for_each(client: FlaskClient) -> None:
    with client.get(words_address(client, "/"), headers={"Accept-Encoding": "gzip"}) as words:
        assert words.headers["Content-Encoding"] == "gzip"
        assert "immutable" in words.headers["Cache-Control"]
        assert len(words.data) <= 6_000
    with client.get(words_address(client, "/")) as words:
        said = words.get_json()
    assert said["kata"] == {key: list(sentences) for key, sentences in spoken("id").items()}
    for key, sentences in said["kata"].items():
        with client.head(said["alamat"] + sound(key, len(sentences))) as found:
            assert found.status_code == 200, key
    with client.get(said["alamat"] + "nik.1.opus") as sounds:
        assert sounds.headers["Content-Type"] == "audio/ogg"
        assert "immutable" in sounds.headers["Cache-Control"]
        assert "Content-Encoding" not in sounds.headers
    assert client.get(said["alamat"] + "dibuat.json").status_code == 404


def test_pages_may_play_sounds_of_their_own_host_only() -> None:
    assert "media-src 'self';" in HEADERS["Content-Security-Policy"]
