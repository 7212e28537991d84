#!/usr/bin/env bash
# SQLite 3.40.1 (Debian 12: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2).
#
# Setting a column to the value that it has already rewrites its entry in each index on it. SQLite deletes the entry and inserts it
# again without comparing, and so makes the index's page dirty: a page more in the log of every commit, for each index. That
# holds for UPDATE … SET a = a, and for the common upsert, INSERT … ON CONFLICT DO UPDATE SET a = excluded.a, whatever the values are.
# A column that is not named costs nothing. PostgreSQL compares; with SQLite, who writes whole rows by an upsert pays for all indexes.
#
# Seen, pages in the write-ahead log of one commit to a table with three indexes:
#   only what changed: 1; the same with a = a, b = b, c = c: 4; an upsert of the whole row, indexed values unchanged: 4
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
version=3.40.1-2+deb12u2
apt-get download -q "sqlite3=$version" "libsqlite3-0=$version" >/dev/null
for deb in ./*.deb; do dpkg-deb -x "$deb" root; done
sqlite() { LD_LIBRARY_PATH=$(dirname root/usr/lib/*/libsqlite3.so.0) root/usr/bin/sqlite3 test.db "$@"; }
echo "sqlite $(sqlite 'SELECT sqlite_version()')"

sqlite >/dev/null <<'SQL'
PRAGMA journal_mode = WAL;
CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT, a TEXT, b TEXT, c TEXT) STRICT;
CREATE INDEX ta ON t (a);
CREATE INDEX tb ON t (b);
CREATE INDEX tc ON t (c);
WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
INSERT INTO t SELECT i, 'note', 'a' || i * 7919 % 2000, 'b' || i * 6101 % 2000, 'c' || i * 4987 % 2000 FROM n;
SQL

# pages STATEMENT: how many pages one commit puts into the log.
pages() {
  sqlite 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
  sqlite "PRAGMA wal_autocheckpoint = 0; $1; PRAGMA wal_checkpoint(PASSIVE)" | tail -1 | cut -d'|' -f2
}

changed=$(pages "UPDATE t SET note = 'x' WHERE id = 1000")
same=$(pages "UPDATE t SET note = 'y', a = a, b = b, c = c WHERE id = 1000")
upsert=$(pages "INSERT INTO t SELECT id, 'z', a, b, c FROM t WHERE id = 1000
  ON CONFLICT (id) DO UPDATE SET note = excluded.note, a = excluded.a, b = excluded.b, c = excluded.c")
echo "only what changed: $changed; with the same values: $same; an upsert of the whole row: $upsert"
[ "$changed $same $upsert" = "1 4 4" ]
