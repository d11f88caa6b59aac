from tests.integration.portal.musyawarah.conftest import (
    client,
    new_client,
    office,
    office_app,
    office_url,
    period,
)

__all__ = ["client", "new_client", "office", "office_app", "office_url", "period"]
