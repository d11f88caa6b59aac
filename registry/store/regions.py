"""Loads the regions of the package's data into the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert

from registry.rules.regions import PRACTICE, Level, all_regions
from registry.store.models import Region

if TYPE_CHECKING:
    from sqlalchemy import Connection


def load_regions(connection: Connection) -> int:
    """Insert or rename the regions of DKI, and practice's; return how many rows changed.

    A region that is no longer in the data stays: applications may point to it.
    """
    regions = all_regions()
    codes = {region.code for region in regions}
    rows = [
        {
            "code": region.code,
            "level": region.level,
            "name": region.name,
            # The province, parent of a kota, is not kept.
            "parent_code": region.parent_code if region.parent_code in codes else None,
        }
        for region in regions
    ]
    code, name = PRACTICE.code, PRACTICE.name
    rows.append({"code": code, "level": Level.KELURAHAN, "name": name, "parent_code": None})
    statement = insert(Region)
    renewed = statement.excluded
    upsert = statement.on_conflict_do_update(
        index_elements=[Region.code],
        set_={"name": renewed.name, "level": renewed.level, "parent_code": renewed.parent_code},
        where=or_(
            Region.name != renewed.name,
            Region.level != renewed.level,
            Region.parent_code.is_distinct_from(renewed.parent_code),
        ),
    )
    return len(connection.execute(upsert.values(rows).returning(Region.code)).all())
