package database

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// binaries is an installed server.
type binaries struct {
	dir   string // of the programs
	major int
}

func (b binaries) program(name string) string { return filepath.Join(b.dir, name) }

// installed returns every server of this machine, the newest first: where the
// distributions put them, on PATH, and those that slot fetched.
func (s *Server) installed(ctx context.Context) []binaries {
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib/postgresql*/bin", "/usr/local/pgsql/bin",
		filepath.Join(s.fetchedDir(), "*", "bin"),
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well-formed
		dirs = append(dirs, found...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	var all []binaries
	for _, dir := range dirs {
		b := binaries{dir: dir}
		if slices.ContainsFunc(all, func(o binaries) bool { return o.dir == dir }) {
			continue
		}
		if b.major = majorOf(ctx, b.program("postgres")); b.major > 0 && executable(b.program("initdb")) {
			all = append(all, b)
		}
	}
	slices.SortStableFunc(all, func(a, b binaries) int { return b.major - a.major })
	return all
}

func executable(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0
}

var versionText = lazyregexp.New(`\(PostgreSQL\) (\d+)`)

// majorOf asks a program for its version; 0 when it does not tell.
func majorOf(ctx context.Context, program string) int {
	if !executable(program) {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	if err != nil {
		return 0
	}
	m := versionText.FindSubmatch(out)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(m[1])) // digits
	return n
}

// majorOfData reads which version wrote a cluster; 0 when there is none.
func majorOfData(dir string) (int, error) {
	b, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("cannot read the database's folder: %w", err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("cannot read the version of the data from %s: %q", dir, b)
	}
	return n, nil
}

// choose returns the server for a version of data, or the newest for 0. What is
// not installed is fetched.
func (s *Server) choose(ctx context.Context, major int, acc *Account, say slot.Progress) (binaries, error) {
	for _, b := range s.installed(ctx) {
		if major != 0 && b.major != major {
			continue
		}
		if err := acc.reaches(b.program("postgres"), "the server"); err != nil {
			if major != 0 {
				return b, err
			}
			continue
		}
		return b, nil
	}
	if major == 0 {
		major = s.fetchable(ctx)
	}
	return s.fetch(ctx, major, acc, say)
}

// tools returns the folder of pg_dump and pg_restore that can work with a
// server of that version: its own, or those of a newer one.
func (s *Server) tools(ctx context.Context, major int) (string, error) {
	best, at := 0, ""
	consider := func(dir string) {
		n := majorOf(ctx, filepath.Join(dir, "pg_dump"))
		if n >= major && (best == 0 || n < best) && executable(filepath.Join(dir, "pg_restore")) {
			best, at = n, dir
		}
	}
	for _, b := range s.installed(ctx) {
		consider(b.dir)
	}
	clients, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // clients come without a server, too
	for _, dir := range clients {
		consider(dir)
	}
	if path, err := exec.LookPath("pg_dump"); err == nil {
		consider(filepath.Dir(path))
	}
	if best == 0 {
		return "", slot.E(slot.KindFailed, fmt.Sprintf("apt-get install postgresql-client-%d", major),
			fmt.Errorf("%w: backups need pg_dump and pg_restore of PostgreSQL %d or newer, which are not installed", slot.ErrNoTools, major))
	}
	return at, nil
}
