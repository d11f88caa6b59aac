"""Everything that a browser keeps for the portal, and whether it tells anything of anybody."""

from __future__ import annotations

import base64
import json
from typing import Any

from playwright.sync_api import Page

DUMP = """async () => {
  const keys = [];
  const plain = (value) => {
    if (value instanceof CryptoKey) {
      keys.push({ extractable: value.extractable, type: value.type });
      return null;
    }
    if (ArrayBuffer.isView(value)) return plain(value.slice().buffer);
    if (value instanceof ArrayBuffer) {
      const letters = Array.from(new Uint8Array(value), (each) => String.fromCharCode(each));
      return { bytes: btoa(letters.join("")) };
    }
    if (Array.isArray(value)) return value.map(plain);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
    }
    return value ?? null;
  };
  const done = (request) => new Promise((kept, failed) => {
    request.onsuccess = () => kept(request.result);
    request.onerror = () => failed(request.error);
  });
  const records = {};
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const opened = database.transaction(store).objectStore(store);
      const [names, values] = await Promise.all([done(opened.getAllKeys()), done(opened.getAll())]);
      names.forEach((key, n) => records[`${name}/${store}/${key}`] = plain(values[n]));
    }
    database.close();
  }
  const cached = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      cached[request.url] = await (await cache.match(request)).text();
    }
  }
  return {
    records, keys, cached,
    local: { ...localStorage }, session: { ...sessionStorage },
    cookie: document.cookie, address: location.href, state: history.state,
  };
}"""


def kept(page: Page) -> dict[str, Any]:
    """Return all that is kept; bytes as base64, keys as what may be done with them."""
    found: dict[str, Any] = page.evaluate(DUMP)
    return found | {"cookies": page.context.cookies()}


def names(page: Page) -> set[str]:
    """Return what the portal's store holds: `isian`, `kotak`, ..."""
    return {key.rpartition("/")[2] for key in kept(page)["records"]}


def tells(page: Page, *secrets: str) -> list[str]:
    """Return those of the secrets that stand anywhere in clear, in any of the usual encodings."""
    texts: list[bytes] = []
    _collect(kept(page), texts)
    return [
        secret for secret in secrets
        if any(form in text for form in _forms(secret) for text in texts)
    ]  # fmt: skip


def _collect(value: Any, texts: list[bytes]) -> None:
    if isinstance(value, dict) and value.keys() == {"bytes"}:
        texts.append(base64.b64decode(value["bytes"]))
    elif isinstance(value, dict):
        for name, each in value.items():
            texts.append(name.encode())
            _collect(each, texts)
    elif isinstance(value, list):
        for each in value:
            _collect(each, texts)
    elif isinstance(value, str):
        texts.append(value.encode())


def _forms(secret: str) -> list[bytes]:
    text = secret.encode()
    encoded = [base64.b64encode(b"\0" * n + text)[4 if n else 0 : -4] for n in range(3)]
    return [
        text,
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        json.dumps(secret)[1:-1].encode(),
        text.hex().encode(),
        *(form for form in encoded if len(form) >= 6),
    ]
