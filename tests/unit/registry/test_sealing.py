"""Sealing, blind indexes and ids made from content."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.kk import NomorKK
from registry.rules.nik import Nik
from registry.sealing import (
    BlindIndex,
    KeyRing,
    KeyTextError,
    UnsealError,
    application_id,
    key_from_text,
    keys_from_text,
    new_key_text,
    sealed_with,
)

KEY_1, KEY_2, KEY_3 = (bytes([number]) * 32 for number in (1, 2, 3))
ID = bytes(range(16))
NIK = Nik.parse("3171011203850001")
PURPOSES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
IDS = st.binary(min_size=0, max_size=32)


def text_of(**keys: bytes) -> str:
    return ",".join(f"{name[1:]}:{base64.b64encode(key).decode()}" for name, key in keys.items())


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing({1: KEY_1})


@given(PURPOSES, IDS, st.binary(max_size=2000))
def test_what_was_sealed_opens_again(purpose: str, id_: bytes, plain: bytes) -> None:
    ring = KeyRing({1: KEY_1, 7: KEY_2})
    assert ring.unseal(purpose, id_, ring.seal(purpose, id_, plain)) == plain


def test_layout_is_version_key_id_nonce_ciphertext_and_tag(ring: KeyRing) -> None:
    sealed = ring.seal("application", ID, b"plain")
    assert sealed[:2] == b"\x01\x01"
    assert len(sealed) == 2 + 12 + 5 + 16
    assert b"plain" not in sealed


def test_sealing_twice_gives_different_bytes(ring: KeyRing) -> None:
    assert ring.seal("application", ID, b"same") != ring.seal("application", ID, b"same")


def test_every_flipped_bit_is_refused(ring: KeyRing) -> None:
    sealed = ring.seal("application", ID, b"ten bytes!")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(UnsealError):
            ring.unseal("application", ID, bytes(changed))


def test_every_truncation_is_refused(ring: KeyRing) -> None:
    sealed = ring.seal("application", ID, b"")
    for length in range(len(sealed)):
        with pytest.raises(UnsealError) as caught:
            ring.unseal("application", ID, sealed[:length])
        assert caught.value.kind == "truncated"


@given(st.tuples(PURPOSES, IDS), st.tuples(PURPOSES, IDS))
def test_another_purpose_or_id_is_refused(one: tuple[str, bytes], other: tuple[str, bytes]) -> None:
    ring = KeyRing({1: KEY_1})
    sealed = ring.seal(*one, b"plain")
    if one == other:
        assert ring.unseal(*other, sealed) == b"plain"
        return
    with pytest.raises(UnsealError) as caught:
        ring.unseal(*other, sealed)
    assert caught.value.kind == "refused"


def test_a_key_id_moved_to_a_ring_where_both_hold_the_key_is_still_refused() -> None:
    sealed = bytearray(KeyRing({1: KEY_1}).seal("application", ID, b"plain"))
    sealed[1] = 2
    with pytest.raises(UnsealError, match="key id 2"):
        KeyRing({2: KEY_1}).unseal("application", ID, bytes(sealed))


@pytest.mark.parametrize("purpose", ["", "a\0b", "\0"])
def test_a_purpose_that_would_be_ambiguous_cannot_be_used(ring: KeyRing, purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        ring.seal(purpose, ID, b"plain")


def test_rotation_old_keys_open_and_the_newest_seals() -> None:
    old = KeyRing({1: KEY_1}).seal("application", ID, b"plain")
    ring = KeyRing({2: KEY_2, 1: KEY_1})
    assert ring.unseal("application", ID, old) == b"plain"
    assert sealed_with(ring.seal("application", ID, b"plain")) == 2


def test_reseal_moves_to_the_newest_key_and_leaves_the_rest_alone() -> None:
    old = KeyRing({1: KEY_1}).seal("application", ID, b"plain")
    moved = KeyRing({1: KEY_1, 2: KEY_2}).reseal("application", ID, old)
    only_new = KeyRing({2: KEY_2})
    assert only_new.unseal("application", ID, moved) == b"plain"
    assert only_new.reseal("application", ID, moved) is moved


def test_a_key_that_was_taken_out_is_named() -> None:
    old = KeyRing({1: KEY_1}).seal("application", ID, b"plain")
    with pytest.raises(UnsealError, match=r"SEAL_KEYS.*key id 1") as caught:
        KeyRing({2: KEY_2}).unseal("application", ID, old)
    assert (caught.value.kind, caught.value.key_id) == ("unknown_key", 1)


def test_a_later_format_version_is_named(ring: KeyRing) -> None:
    sealed = ring.seal("application", ID, b"plain")
    with pytest.raises(UnsealError) as caught:
        ring.unseal("application", ID, b"\x02" + sealed[1:])
    assert caught.value.kind == "version"


def test_ring_is_read_from_text() -> None:
    ring = KeyRing.from_text(" " + text_of(k1=KEY_1, k255=KEY_2).replace(",", " ,\n") + "\n")
    assert (ring.key_ids, ring.newest) == ((1, 255), 255)


GOOD = base64.b64encode(KEY_1).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "item 1"),
        (GOOD, "item 1"),
        (f"1:{GOOD},", "item 2"),
        (f"one:{GOOD}", "item 1"),
        (f"-1:{GOOD}", "item 1"),
        (f"٣:{GOOD}", "item 1"),
        (f"9999999:{GOOD}", "item 1"),
        (f"0:{GOOD}", "outside 1-255"),
        (f"256:{GOOD}", "outside 1-255"),
        (f"1:{GOOD},01:{base64.b64encode(KEY_2).decode()}", "twice"),
        (f"1:{GOOD},2:{GOOD}", "same key"),
        ("1:", "0 bytes"),
        ("1:c2hvcnQ=", "5 bytes"),
        (f"1:{base64.b64encode(bytes(33)).decode()}", "33 bytes"),
        (f"1:{GOOD[:-1]}", "not base64"),
        (f"1:{GOOD[:-2]}!=", "not base64"),
        ("1:ключ", "not base64"),
    ],
)
def test_a_bad_ring_is_refused_without_showing_it(text: str, said: str) -> None:
    with pytest.raises(KeyTextError, match=said) as caught:
        KeyRing.from_text(text)
    assert GOOD[:8] not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_ring_without_keys_is_refused() -> None:
    with pytest.raises(KeyTextError, match="no key"):
        KeyRing({})


def test_new_keys_are_good_and_all_different() -> None:
    texts = {new_key_text() for _ in range(100)}
    assert len(texts) == 100
    assert {len(key_from_text(text)) for text in texts} == {32}
    assert keys_from_text(f"3:{(text := texts.pop())}") == {3: key_from_text(text)}


def test_repr_shows_no_key() -> None:
    assert repr(KeyRing({1: KEY_1, 2: KEY_2})) == "KeyRing(key_ids=(1, 2), newest=2)"
    assert repr(BlindIndex(KEY_1)) == "BlindIndex(•••)"


def test_blind_index_is_stable_short_and_keyed() -> None:
    index = BlindIndex(KEY_1)
    assert index.nik(NIK) == BlindIndex(KEY_1).nik(NIK)
    assert len(index.nik(NIK)) == 16
    assert index.nik(NIK) != BlindIndex(KEY_2).nik(NIK)
    assert index.nik(NIK) != index.nik(Nik.parse("3171011203850002"))


def test_blind_index_of_a_kk_differs_from_that_of_a_nik_with_the_same_digits() -> None:
    index = BlindIndex(KEY_1)
    assert index.kk(NomorKK.parse(NIK.value)) != index.nik(NIK)


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(KeyTextError, match="32"):
        BlindIndex(key)
    with pytest.raises(KeyTextError, match="32"):
        application_id(key, "2026-1", "1", b"{}")


def test_application_id_does_not_change_between_releases() -> None:
    assert application_id(KEY_1, "2026-1", "1", b"{}").hex() == "991e2837f9e41971273df172df299b2a"


Triple = tuple[str, str, bytes]
TRIPLES = st.tuples(st.text("ab\0", max_size=4), st.text("ab\0", max_size=4), st.binary(max_size=4))


@given(TRIPLES, TRIPLES)
def test_application_ids_are_equal_only_for_equal_content(one: Triple, other: Triple) -> None:
    same = application_id(KEY_3, *one) == application_id(KEY_3, *other)
    assert same == (one == other)


def test_application_id_depends_on_its_key() -> None:
    ids = {application_id(key, "2026-1", "1", b"{}") for key in (KEY_1, KEY_2, KEY_3)}
    assert len(ids) == 3
    assert {len(id_) for id_ in ids} == {16}
