"""Tables that processes which serve from one PostgreSQL share, and nobody would miss.

They are UNLOGGED: a row is written for every sign-up, and such a table writes no log
and waits for no disk; after a crash of the server it is empty. Then all limits begin
anew, counts begin at nought, and who serves is known again within seconds. They are no
part of the ledger: neither copied into another database nor compared.
"""

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from newsletter.store.clock import UtcDateTime

passing = MetaData(naming_convention={"pk": "%(table_name)s_pkey"})
_UNLOGGED = ["UNLOGGED"]

# One number is all that a bucket of tokens is: when it will be full again. `key` is a
# keyed hash of what is limited: no address of a client, nor of a mailbox, is in it.
join_limits = Table(
    "join_limits",
    passing,
    Column("key", Text, primary_key=True),
    Column("full_at", UtcDateTime, nullable=False),
    prefixes=_UNLOGGED,
)

# What all of them have counted together; `labels` in the form of Prometheus.
service_counts = Table(
    "service_counts",
    passing,
    Column("name", Text, primary_key=True),
    Column("labels", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    prefixes=_UNLOGGED,
)

# Who serves; `key_name` names the secret that a process signs with, without telling it.
service_processes = Table(
    "service_processes",
    passing,
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("key_name", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    prefixes=_UNLOGGED,
)
