"""Is everything as it was written? For the doctor and the demo."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from sync.changes import digest
from sync.changes import verify as verify_change
from sync.errors import ChangeRefused
from van_station.records import KINDS, replicated_columns
from van_station.store import audit, ledger
from van_station.store.blobs import BlobStore
from van_station.store.connections import bare_connection
from van_station.store.errors import BlobDamaged, BlobMissing
from van_station.store.rows import expected_row, table_of


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written.

    Attributes:
        code: change_broken | change_unsigned | audit_broken | audit_cut | row_differs | page_damaged |
            blob_missing | blob_damaged
        subject: number, id or page of what was found; never content.
    """

    code: str
    subject: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was checked, and what was found."""

    changes: int
    audit_lines: int
    rows: int
    blobs: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(
    engine: Engine,
    path: Path,
    key: bytes,
    site_id: str,
    blobs: BlobStore,
    public_keys: Mapping[str, bytes],
) -> VerifyReport:
    """Check a store whose writer is idle; see `Store.verify`. Stops at damaged pages."""
    findings = list(_damaged_pages(path, key))
    if findings:
        return VerifyReport(0, 0, 0, 0, tuple(findings))
    with engine.begin() as connection:
        counts = {
            table: int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608
            for table in ("change_log", "audit_line")
        }
        for site in ledger.vector(connection):
            findings += _broken_changes(connection, site, public_keys.get(site))
        findings += [Finding("audit_broken", str(seq)) for seq in audit.broken_lines(connection)]
        findings += _cut_audit(connection, site_id)
        rows, differing = _differing_rows(connection)
        named = _blobs_that_must_be_here(connection, site_id)
    findings += differing
    for blob_id in sorted(named):
        try:
            blobs.get(blob_id)
        except BlobMissing:
            findings.append(Finding("blob_missing", blob_id))
        except BlobDamaged:
            findings.append(Finding("blob_damaged", blob_id))
    return VerifyReport(counts["change_log"], counts["audit_line"], rows, len(named), tuple(findings))


def _damaged_pages(path: Path, key: bytes) -> Iterator[Finding]:
    """Look at all pages on a fresh connection: one that met a damaged page before tells nothing any more."""
    connection = bare_connection(path, key)
    try:
        for (text,) in connection.execute("PRAGMA cipher_integrity_check"):
            yield Finding("page_damaged", text)
    finally:
        connection.close()


def _broken_changes(connection: Connection, site: str, public_key: bytes | None) -> Iterator[Finding]:
    previous, expected = "", 1
    for change, kept in ledger.stored_changes(connection, site):
        name = f"{site}:{change.seq}"
        if change.seq != expected or change.previous != previous or digest(change) != kept:
            yield Finding("change_broken", name)
        elif public_key is not None:
            try:
                verify_change(change, public_key)
            except ChangeRefused:
                yield Finding("change_unsigned", name)
        previous, expected = kept, change.seq + 1


def _cut_audit(connection: Connection, site_id: str) -> Iterator[Finding]:
    """The last audit line must know this machine's last change: so neither chain can lose its end alone."""
    told = connection.exec_driver_sql("SELECT last_change FROM audit_line ORDER BY seq DESC LIMIT 1").scalar()
    if (told or 0) != ledger.tail(connection, site_id).seq:
        yield Finding("audit_cut", str(told or 0))


def _differing_rows(connection: Connection) -> tuple[int, list[Finding]]:
    """Compare each row with its heads; a row without heads, or live heads without a row, differs too."""
    count, findings = 0, []
    for kind, model in KINDS.items():
        table = table_of(model)
        kept = {row["id"]: row for row in connection.execute(table.select()).mappings()}
        count += len(kept)
        recorded = connection.exec_driver_sql(
            "SELECT DISTINCT record_id FROM field_head WHERE entity=?", (kind,)
        )
        headed = {record_id for (record_id,) in recorded.fetchall()}
        for record_id in sorted(headed | kept.keys()):
            expected = expected_row(model, record_id, ledger.heads_of(connection, kind, record_id))
            row = kept.get(record_id)
            shown = None if row is None else {name: row[name] for name in ("id", *replicated_columns(model))}
            if shown != expected:
                findings.append(Finding("row_differs", f"{kind}:{record_id}"))
    return count, findings


def _blobs_that_must_be_here(connection: Connection, site_id: str) -> set[str]:
    """Return blobs that this machine can open, or sealed itself and has no receipt for yet."""
    rows = connection.exec_driver_sql(
        """
        SELECT f.blob_id FROM stored_file f WHERE NOT f.removed AND (f.local_key IS NOT NULL OR (
            EXISTS (SELECT 1 FROM field_head h WHERE h.entity = 'stored_file' AND h.record_id = f.id
                    AND h.field = 'blob_id' AND h.site = ?)
            AND NOT EXISTS (SELECT 1 FROM receipt_row r WHERE r.dossier_id = f.dossier_id)))
        """,
        (site_id,),
    )
    return {blob_id for (blob_id,) in rows.fetchall()}
