package database

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// target is where pg_dump and pg_restore work: a database as the role that
// owns it, never as a superuser, as a dump may hold any statement.
type target struct {
	port     int
	role, db string
}

func (t target) flags() []string {
	return []string{"--host=127.0.0.1", "--port=" + strconv.Itoa(t.port), "--username=" + t.role, "--no-password", "--dbname=" + t.db}
}

// tool runs pg_dump or pg_restore to its end. Each line that it says goes to
// line, which may be nil; the last ones are part of the error.
func (s *Server) tool(ctx context.Context, dir, name string, out io.Writer, line func(string), args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(dir, name), args...)
	cmd.Env = append(serverEnv(), "PGPASSFILE="+s.passFile(), "PGCONNECT_TIMEOUT=10", "PGAPPNAME=slot", "PGSSLMODE=disable")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Stdout = out
	var said bytes.Buffer
	r, w := io.Pipe()
	cmd.Stderr = w
	done := make(chan struct{})
	go func() {
		defer close(done)
		for sc := bufio.NewScanner(r); sc.Scan(); {
			text := strings.TrimPrefix(sc.Text(), name+": ")
			if line != nil {
				line(text)
			}
			if said.Len() > 64<<10 {
				said.Reset()
			}
			said.WriteString(text + "\n")
		}
		_, _ = io.Copy(io.Discard, r) // a line that is too long must not block it
	}()
	err := cmd.Run()
	w.Close()
	<-done
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return explain(lastLines(said.String(), 2), err)
	}
	return nil
}

// entries reads the table of contents of a dump: how many tables it has. An
// error when it is none.
func (s *Server) entries(ctx context.Context, dir, file string) (tables int, err error) {
	var out bytes.Buffer
	if err := s.tool(ctx, dir, "pg_restore", &out, nil, "--list", file); err != nil {
		return 0, err
	}
	for line := range strings.Lines(out.String()) {
		// "215; 1259 16386 TABLE public todos slot_a"
		if f := strings.Fields(line); len(f) > 4 && strings.HasSuffix(f[0], ";") && f[3] == "TABLE" && f[4] != "DATA" {
			tables++
		}
	}
	return tables, nil
}

// every calls tell again and again until the returned function is called.
func every(pause time.Duration, tell func()) (stop func()) {
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(pause)
		defer t.Stop()
		for {
			select {
			case <-end:
				return
			case <-t.C:
				tell()
			}
		}
	}()
	return func() { close(end); <-done }
}

// quiet is a progress that nobody looks at.
func quiet(string) {}
