"""What somebody asks for, by method and path."""

from __future__ import annotations

import pytest

from portal.admission.kinds import kind_of
from registry.rules.admission import Kind


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/daftar", Kind.SUBMISSION),
        ("POST", "/loket/daftar", Kind.SUBMISSION),
        ("POST", "/loket/perbaiki", Kind.SUBMISSION),
        ("POST", "/loket/kertas/0a1b/putuskan", Kind.SUBMISSION),
        ("POST", "/pendamping/daftar", Kind.SUBMISSION),
        ("POST", "/loket/kertas/baru", Kind.FINISHING),
        ("POST", "/loket/keberatan", Kind.FINISHING),
        ("GET", "/bukti/abc.def", Kind.FINISHING),
        ("GET", "/cek", Kind.LOOKUP),
        ("POST", "/cek", Kind.LOOKUP),
        ("POST", "/cek/jawab", Kind.LOOKUP),
        ("GET", "/", Kind.ENTRANCE),
        ("GET", "/daftar", Kind.ENTRANCE),
        ("GET", "/masuk", Kind.ENTRANCE),
        ("POST", "/masuk", Kind.ENTRANCE),
        ("GET", "/dinas", Kind.ENTRANCE),
        ("GET", "/akun", Kind.ENTRANCE),
        ("GET", "/loket/daftar", Kind.ENTRANCE),
        ("GET", "/pendamping", Kind.ENTRANCE),
        ("GET", "/pendamping/daftar", Kind.ENTRANCE),
        ("GET", "/bantuan", Kind.OTHER),
        ("POST", "/foto/abc/rumah_depan", Kind.OTHER),
        ("GET", "/musyawarah", Kind.OTHER),
        ("GET", "/tidak-ada", Kind.OTHER),
        ("GET", "", Kind.ENTRANCE),
        ("PROPFIND", "/x", Kind.OTHER),
        ("GET", "/static/abc/portal.js", Kind.FREE),
        ("GET", "/healthz", Kind.FREE),
        ("GET", "/readyz", Kind.FREE),
        ("GET", "/metrics", Kind.FREE),
        ("POST", "/dinas/pintu", Kind.FREE),
    ],
)
def test_each_request_has_its_kind(method: str, path: str, kind: Kind) -> None:
    assert kind_of(method, path) is kind
