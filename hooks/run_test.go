package hooks

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slot-paas/slot/hooks/hookpb"
)

// recorder returns a Build and what it told, lines as "STREAM_X text".
func recorder(t *testing.T) (*Build, *[]string) {
	var told []string
	return &Build{app: App{AppDir: t.TempDir()}, send: func(r *hookpb.BuildResponse) error {
		if l := r.GetLog(); l != nil {
			told = append(told, strings.TrimPrefix(l.Stream.String(), "STREAM_")+" "+string(l.Line))
		}
		return nil
	}}, &told
}

func TestRun_StreamsLinesAndTellsTheCode(t *testing.T) {
	b, told := recorder(t)
	err := b.Shell(t.Context(), `echo one; printf 'two\r\nthree'; test -z "$(cat)"; exit 5`)
	var failed *CommandError
	if !errors.As(err, &failed) || failed.Code != 5 || !strings.HasSuffix(err.Error(), `exit 5" ended with code 5`) {
		t.Errorf("got %v", err)
	}
	if got := strings.Join(*told, "|"); got != "STDOUT one|STDOUT two|STDOUT three" {
		t.Errorf("got %q", got)
	}
	if got := strings.Join(failed.Output, "|"); got != "one|two|three" {
		t.Errorf("kept %q", got)
	}
}

func TestRun_CutsLongLines(t *testing.T) {
	b, told := recorder(t)
	if err := b.Shell(t.Context(), "head -c 150000 /dev/zero | tr '\\0' x >&2"); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, line := range *told {
		line = strings.TrimPrefix(line, "STDERR ")
		if len(line) > MaxLine {
			t.Errorf("a line of %d bytes", len(line))
		}
		total += len(line)
	}
	if total != 150000 {
		t.Errorf("got %d bytes", total)
	}
}

func TestRun_FindsTheProgramInThePathItIsGiven(t *testing.T) {
	b, told := recorder(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "made-here"), []byte("#!/bin/sh\necho made $1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	path := "PATH=" + dir + ":" + os.Getenv("PATH")
	if err := b.Run(t.Context(), "/", []string{"made-here", "one"}, path); err != nil || strings.Join(*told, "|") != "STDOUT made one" {
		t.Errorf("got %v, %q", err, *told)
	}
	if err := b.Run(t.Context(), "/", []string{"made-nowhere"}, path); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v for a program that is nowhere", err)
	}
}

func TestRun_EnvironmentIsTheHooksWithoutItsOwnBusiness(t *testing.T) {
	t.Setenv("PLUGIN_CLIENT_CERT", "x")
	t.Setenv(cookieKey, "x")
	t.Setenv("KEPT", "yes")
	b, told := recorder(t)
	if err := b.Run(t.Context(), "/", []string{"sh", "-c", "env; pwd"}, "ADDED=a", "KEPT=no"); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(*told, "\n")
	if strings.Contains(all, "PLUGIN_") || strings.Contains(all, cookieKey) || !strings.Contains(all, "KEPT=no") ||
		!strings.Contains(all, "ADDED=a") || !strings.HasSuffix(all, "STDOUT /") {
		t.Errorf("got %s", all)
	}
}

func TestRun_EndsWithItsContext(t *testing.T) {
	b, _ := recorder(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := b.Run(ctx, "/", []string{"sleep", "600"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestRun_TellsAMissingProgramAndASignal(t *testing.T) {
	b, _ := recorder(t)
	if err := b.Run(t.Context(), "/", []string{"no-such-program"}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	var failed *CommandError
	if err := b.Shell(t.Context(), "kill -9 $$"); !errors.As(err, &failed) || failed.Signal != "killed" {
		t.Errorf("got %v", err)
	}
}

func FuzzLineWriter(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n"), 1)
	f.Add([]byte("\xff\x00 no end"), 3)
	f.Fuzz(func(t *testing.T, data []byte, step int) {
		step = max(1, step%len(append(data, 0)))
		var got []string
		b := &Build{send: func(r *hookpb.BuildResponse) error {
			got = append(got, string(r.GetLog().Line))
			return nil
		}}
		w := &lineWriter{b: b, tail: &tail{}}
		for rest := data; len(rest) > 0; rest = rest[min(step, len(rest)):] {
			if _, err := w.Write(rest[:min(step, len(rest))]); err != nil {
				t.Fatal(err)
			}
		}
		w.flush()
		want := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", ""), "\n", "")
		if len(data) < MaxLine && strings.Join(got, "") != want {
			t.Errorf("got %q of %q", got, data)
		}
	})
}
