"""The tables. Personal data is only in what is sealed; look-ups go by blind index.

Codes are text with a CHECK, never a PostgreSQL enum: a new code is then one short migration.
Every constraint has a name, so that an error can be translated and a migration can find it.
All times are `timestamptz` in UTC. Who sees which rows stands in the migrations (row-level
security), what each role may do with them in `registry.store.grants`.
"""

from registry.store.models.admission import AdmissionRule
from registry.store.models.base import ID_LENGTH, NAMING, Base
from registry.store.models.musyawarah import (
    AgendaItem,
    Attendee,
    Correction,
    Minutes,
    Musyawarah,
    Stage,
    Verdict,
)
from registry.store.models.quorum import QuorumRule
from registry.store.models.registration import (
    Application,
    Event,
    EventLink,
    Intake,
    Neighbourhood,
    Outcome,
    Period,
    PeriodChange,
    PersonIndex,
    Photo,
    Quarantine,
    Region,
)
from registry.store.models.review import (
    Access,
    Objection,
    PaperForm,
    Question,
    Ruling,
    Sheet,
    SheetLine,
    Visit,
)

APPEND_ONLY = (
    "access",
    "account_event",
    "admission_rule",
    "event",
    "event_chain",
    "objection",
    "period_change",
    "quorum_rule",
    "ruling",
    "verdict",
    "visit",
)
"""Tables whose rows a trigger guards from UPDATE, DELETE and TRUNCATE, even by their owner.

What is sealed in them may be sealed with another key, by `fmotm keys rotate` alone: ADR 0016.
"""

__all__ = [
    "APPEND_ONLY",
    "ID_LENGTH",
    "NAMING",
    "Access",
    "AdmissionRule",
    "AgendaItem",
    "Application",
    "Attendee",
    "Base",
    "Correction",
    "Event",
    "EventLink",
    "Intake",
    "Minutes",
    "Musyawarah",
    "Neighbourhood",
    "Objection",
    "Outcome",
    "PaperForm",
    "Period",
    "PeriodChange",
    "PersonIndex",
    "Photo",
    "Quarantine",
    "Question",
    "QuorumRule",
    "Region",
    "Ruling",
    "Sheet",
    "SheetLine",
    "Stage",
    "Verdict",
    "Visit",
]
