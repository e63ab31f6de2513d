package database

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/slot-paas/slot/slot"
)

// bringExtensions makes those extensions of a database that only a superuser
// may make, while nothing of the app's is in the new database yet. The rest is
// restored as the app's role, from the entries of the dump that the returned
// file lists; "" is all of them. Remove that file.
func (m migration) bringExtensions(ctx context.Context, src slot.DatabaseSource, oldPort, newPort int, dump string) (list string, err error) {
	db, role := databaseOf(src), roleOf(src)
	old, err := m.s.connectTo(ctx, oldPort, db)
	if err != nil {
		return "", err
	}
	defer closeConn(old)
	fresh, err := m.s.connectTo(ctx, newPort, db)
	if err != nil {
		return "", err
	}
	defer closeConn(fresh)
	names, err := column(ctx, old, "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY oid") // each after those that it needs
	if err != nil {
		return "", err
	}
	var made []string // as the entries of the dump name it
	for _, name := range names {
		var trusted bool
		if err := fresh.QueryRow(ctx, "SELECT coalesce(bool_or(trusted), false) FROM pg_available_extension_versions WHERE name = $1", name).Scan(&trusted); err != nil {
			return "", queryError(err)
		}
		if trusted {
			continue // the role makes it itself, and owns it
		}
		var schema string
		if err := old.QueryRow(ctx, "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = $1", name).Scan(&schema); err != nil {
			return "", queryError(err)
		}
		if err := execute(ctx, fresh,
			fmt.Sprintf("CREATE SCHEMA IF NOT EXISTS %s AUTHORIZATION %s", schema, role),
			fmt.Sprintf("CREATE EXTENSION %s SCHEMA %s", pgx.Identifier{name}.Sanitize(), schema)); err != nil {
			return "", err
		}
		made = append(made, "EXTENSION - "+name, "COMMENT - EXTENSION "+name, "SCHEMA - "+schema)
	}
	if made == nil {
		return "", nil
	}
	return m.without(ctx, dump, made)
}

// without lists the entries of a dump but those named, such as "SCHEMA - x".
func (m migration) without(ctx context.Context, dump string, entries []string) (list string, err error) {
	var toc, rest bytes.Buffer
	if err := m.s.tool(ctx, m.tools, "pg_restore", &toc, nil, "--list", dump); err != nil {
		return "", err
	}
	for line := range strings.Lines(toc.String()) {
		// "2; 3079 16385 EXTENSION - citext " or "2615 16390 SCHEMA - x slot_a"
		fields := strings.Fields(line)
		if len(fields) > 5 && fields[3] != "COMMENT" || len(fields) == 6 {
			fields = fields[:6]
		}
		if len(fields) < 6 || !slices.Contains(entries, strings.Join(fields[3:], " ")) {
			rest.WriteString(line)
		}
	}
	list = dump + ".list"
	return list, os.WriteFile(list, rest.Bytes(), 0o600)
}
