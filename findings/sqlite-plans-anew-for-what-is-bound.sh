#!/usr/bin/env bash
# SQLite 3.54.1 (the source that github.com/mattn/go-sqlite3 v1.14.53 has with it).
#
# A prepared query that sorts is compiled anew at every execution where a column is compared with a bare placeholder by =, and the
# program clears its bindings before it binds, as drivers for Go do. The planner asks whether the value is a small integer, of which 0
# and 1 are taken to be common, and so notes that the plan depends on it; clearing then expires the statement, though a text is bound each
# time. No statistics and no LIMIT are needed, and nothing says so but a counter; compiling takes many times as long as such a
# query. Binding over what was bound keeps it, and so does CAST(? AS TEXT) in place of ?, which hides the value.
#
# Seen, SQLITE_STMTSTATUS_REPREPARE after 1000 executions of SELECT b FROM t WHERE a = ? ORDER BY c, a text bound:
#   cleared before: 1000; never cleared: 0; with CAST: 0; without ORDER BY: 0
set -euo pipefail

dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir"
export GOMODCACHE=$dir/mod GOFLAGS=-mod=mod
go mod download github.com/mattn/go-sqlite3@v1.14.53
cat >count.c <<'C'
#include <stdio.h>
#include "sqlite3-binding.h"
static int again(sqlite3 *db, const char *query, int clear) {
  sqlite3_stmt *s;
  char value[16];
  if (sqlite3_prepare_v2(db, query, -1, &s, 0)) return -1;
  for (int i = 0; i < 1000; i++) {
    sqlite3_reset(s);
    if (clear) sqlite3_clear_bindings(s);
    snprintf(value, sizeof value, "value %d", i);
    sqlite3_bind_text(s, 1, value, -1, SQLITE_TRANSIENT);
    while (sqlite3_step(s) == SQLITE_ROW) {}
  }
  int n = sqlite3_stmt_status(s, SQLITE_STMTSTATUS_REPREPARE, 0);
  sqlite3_finalize(s);
  return n;
}
int main(void) {
  sqlite3 *db;
  if (sqlite3_open(":memory:", &db) || sqlite3_exec(db, "CREATE TABLE t (a TEXT, b TEXT, c INTEGER); CREATE INDEX ta ON t (a)", 0, 0, 0)) return 1;
  printf("sqlite %s\n", sqlite3_libversion());
  printf("cleared %d kept %d cast %d unsorted %d\n",
    again(db, "SELECT b FROM t WHERE a = ? ORDER BY c", 1), again(db, "SELECT b FROM t WHERE a = ? ORDER BY c", 0),
    again(db, "SELECT b FROM t WHERE a = CAST(? AS TEXT) ORDER BY c", 1), again(db, "SELECT b FROM t WHERE a = ?", 1));
  return 0;
}
C
from=$(echo "$GOMODCACHE"/github.com/mattn/go-sqlite3@*)
gcc -O0 -I"$from" count.c "$from/sqlite3-binding.c" -lpthread -ldl -lm -o count
./count | tee seen
grep -q "cleared 1000 kept 0 cast 0 unsorted 0" seen
