"""The tables, as the newest migration leaves them.

Subscriber ids are never reused, so that a delivery never comes to belong to somebody
else. A delivery has no foreign keys: it outlives its subscriber, and a million checks
would slow planning down.
"""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from newsletter.model.campaign import BatchState, CampaignState, DeliveryState
from newsletter.model.consent import ConsentKind, NoticeKind
from newsletter.model.event import Bounce, EventKind
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason
from newsletter.store.clock import UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

_NOT_STORED = (DeliveryState.IN_FLIGHT, DeliveryState.SKIPPED)
_NOTICE_STATES = [state for state in DeliveryState if state not in _NOT_STORED]

# SQLite counts ids up by itself in a column called exactly INTEGER.
_Id = BigInteger().with_variant(Integer(), "sqlite")


def _one_of(column: str, words: Iterable[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


subscribers = Table(
    "subscribers",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("status", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("unsubscribed_at", UtcDateTime),
    # What links in letters hold: see `newsletter.store.uids`. Whoever inserts gives it.
    Column("uid", BigInteger, nullable=False, server_default="0"),
    _one_of("status", SubscriberStatus),
    Index("subscribers_by_uid", "uid", unique=True),
    sqlite_autoincrement=True,
)

# No foreign key, for the sake of imports: a million checks take as long as the rows.
subscriber_tags = Table(
    "subscriber_tags",
    metadata,
    Column("subscriber_id", _Id, primary_key=True, autoincrement=False),
    Column("tag", Text, primary_key=True),
    sqlite_with_rowid=False,
)

# What a subscriber said yes or no to, how and when. Rows are added and never changed;
# only erasing the person removes them.
consents = Table(
    "consents",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("subscriber_id", _Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("address", Text, nullable=False),
    Column("ip", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("note", Text, nullable=False),
    _one_of("kind", ConsentKind),
    Index("consents_by_subscriber", "subscriber_id"),
    sqlite_autoincrement=True,
)

# Of somebody whose data were erased `address_key` holds a keyed hash, which has no @.
suppressions = Table(
    "suppressions",
    metadata,
    Column("address_key", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    _one_of("reason", SuppressionReason),
    sqlite_with_rowid=False,
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("issue", Text, nullable=False),
    Column("segment", Text, nullable=False),
    Column("part", Integer, nullable=False),
    Column("provider", Text, nullable=False),
    Column("email_hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    # When a scheduled campaign is due, and when it is too late for it.
    Column("not_before", UtcDateTime),
    Column("not_after", UtcDateTime),
    # Most recipients in an hour; NULL for as many as the provider takes.
    Column("per_hour", Float),
    # Why it is paused.
    Column("reason", Text),
    # From the first recipient to the last; `per_hour` follows from it when it begins.
    Column("spread_seconds", Float),
    # Whom its segment stood for when it was planned; blank for everybody.
    Column("expression", Text, nullable=False, server_default=""),
    # How it stood when a person resumed it: see newsletter.store.baseline.
    Column("seen_before", JSON(none_as_null=True)),
    UniqueConstraint("issue", "segment", "part"),
    _one_of("state", CampaignState),
    sqlite_autoincrement=True,
)

# Kept apart from its campaign, because it is large and seldom needed.
campaign_emails = Table(
    "campaign_emails",
    metadata,
    Column(
        "campaign_id",
        _Id,
        ForeignKey("campaigns.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("email", Text, nullable=False),
)

# A batch is the range lo..hi of subscriber ids, so that its deliveries are found by
# their primary key. `in_doubt` says that an attempt was made whose outcome nobody
# knows: from then on the batch may only be repeated byte for byte, or not at all.
batches = Table(
    "batches",
    metadata,
    Column(
        "campaign_id",
        _Id,
        ForeignKey("campaigns.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("lo", _Id, nullable=False),
    Column("hi", _Id, nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("in_doubt", Boolean, nullable=False),
    Column("owner", Text),
    Column("lease_until", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("first_sent_at", UtcDateTime),
    Column("payload_hash", Text),
    Column("reason", Text, nullable=False),
    # Lower ones are claimed first: a batch that fails lets the others go before it,
    # and one in doubt goes before all others, because its key is forgotten one day.
    Column("turn", Integer, nullable=False, server_default="0"),
    # Of how many recipients the provider took no message.
    Column("rejected", Integer, nullable=False, server_default="0"),
    CheckConstraint("lo <= hi", name="range"),
    _one_of("state", BatchState),
    # Without it the n-th claim would step over the n-1 batches already sent.
    Index("batches_by_state", "campaign_id", "state", "turn", "number"),
)

# Every row is written about once after planning. An index on anything but the primary
# key, or pages that are full, would make PostgreSQL pay for it several times over: so
# there half of each page is left free, and each campaign has a table of its own; see
# `newsletter.store.partitions`. Said here, that would import its dialect.
deliveries = Table(
    "deliveries",
    metadata,
    Column("campaign_id", _Id, primary_key=True, autoincrement=False),
    Column("subscriber_id", _Id, primary_key=True, autoincrement=False),
    Column("batch", Integer),
    Column("address", Text, nullable=False),
    Column("merge", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("provider_message_id", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    _one_of("state", [s for s in DeliveryState if s is not DeliveryState.IN_FLIGHT]),
    CheckConstraint("batch IS NOT NULL OR state = 'skipped'", name="batch"),
    sqlite_with_rowid=False,
)

# The campaigns whose deliveries are in a file by now: its path, the SHA-256 of its
# bytes, and how many of the `rows` in it are in which state, of what was skipped by
# reason.
ledger_files = Table(
    "ledger_files",
    metadata,
    Column(
        "campaign_id",
        _Id,
        ForeignKey("campaigns.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("archived_at", UtcDateTime, nullable=False),
)

# What providers told afterwards, each notification once. A row has no foreign keys: it
# may come before our own mark, and outlives the subscriber.
events = Table(
    "events",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("bounce", Text),
    Column("at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("campaign_id", _Id),
    Column("subscriber_id", _Id),
    Column("reason", Text, nullable=False),
    # What its subscriber is counted as, such as `bounced hard`; NULL where an event is
    # there already that they are counted for: rows with a NULL are never equal.
    Column("counts_as", Text),
    UniqueConstraint("provider", "event"),
    _one_of("kind", EventKind),
    _one_of("bounce", Bounce),
    Index("events_by_campaign", "campaign_id", "kind"),
    Index(
        "events_counted_once", "subscriber_id", "campaign_id", "counts_as", unique=True
    ),
    sqlite_autoincrement=True,
)

# How many subscribers events were told of: see `newsletter.store.event_counts`. Each
# connection to the server adds to rows of its own; the sum is what counts.
event_tallies = Table(
    "event_tallies",
    metadata,
    Column("campaign_id", _Id, primary_key=True, autoincrement=False),
    Column("counts_as", Text, primary_key=True),
    Column("backend", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What somebody said yes to: the very bytes, to whom, and through whom.
approvals = Table(
    "approvals",
    metadata,
    Column("issue", Text, primary_key=True),
    Column("segment", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("email_hash", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
    Column("expression", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

# Mail to one person beside the campaigns: each attempt is written down before the call.
notices = Table(
    "notices",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("subscriber_id", _Id, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("provider_message_id", Text, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    _one_of("kind", NoticeKind),
    _one_of("state", _NOTICE_STATES),
    Index("notices_by_address", "address_key", "kind"),
    Index("notices_by_subscriber", "subscriber_id"),
    sqlite_autoincrement=True,
)

# Who asked to join and was answered, until that is worked off. A process that serves
# from PostgreSQL keeps them here, for the others to take up should it die.
sign_ups = Table(
    "sign_ups",
    metadata,
    Column("id", _Id, primary_key=True),
    # As typed then: this is where the mail goes.
    Column("address", Text, nullable=False),
    Column("address_key", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
    Column("ip", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Where Amazon SNS asked to be answered; a person does that, never the service.
sns_subscriptions = Table(
    "sns_subscriptions",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

# One row: which database this is, and how many times it was sent from. A copy that was
# restored knows of fewer times than the note beside the original. What is known of
# its place, on PostgreSQL, is in `newsletter.store.origin`.
instance = Table(
    "instance",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("place", Text),
    Column("timeline", Integer),
    Column("turned_at", UtcDateTime),
    # Names the secret that signs links, without telling it.
    Column("key_name", Text),
    sqlite_with_rowid=False,
)

# How much may be sent now, shared by all who send: a bucket of tokens as of `at`, for
# the calls to a provider or a campaign's recipients; closed until `blocked_until`.
rates = Table(
    "rates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("blocked_until", UtcDateTime),
    sqlite_with_rowid=False,
)

# The processes that send from PostgreSQL, each until it ends or is not seen any more.
workers = Table(
    "workers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    # What keeps it from sending; empty for nothing.
    Column("trouble", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)
