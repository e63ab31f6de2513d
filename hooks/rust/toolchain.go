package rust

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const (
	installHint = "install Rust from https://rustup.rs, or with apt-get install cargo, and start slot with its folder in PATH"
	linkerHint  = "install a C compiler: apt-get install build-essential"
	newerRust   = "with rustup: rustup update; Debian's own Rust is old: https://rustup.rs has the current one"
)

// readToolchain reads what the app asks of rustup.
func readToolchain(files *hooks.Files) hooks.Version {
	for _, name := range []string{"rust-toolchain.toml", "rust-toolchain"} { // rustup prefers the second; both at once are rare
		data, err := files.Read(name)
		if err != nil {
			continue
		}
		var t struct{ Toolchain struct{ Channel string } }
		channel := strings.TrimSpace(string(data))
		if _, err := toml.Decode(string(data), &t); err == nil {
			channel = t.Toolchain.Channel
		}
		if channel != "" && !strings.ContainsAny(channel, " \n") {
			return hooks.Version{Tool: "rust", Requested: channel, Source: name}
		}
	}
	return hooks.Version{}
}

var rustcVersion = lazyregexp.New(`^rustc (\S+)`)

// installed returns the version of the Rust that builds in dir, as "1.95.0" or
// "1.97.0-nightly": rustup chooses it by the files of the app.
func (j *job) installed(ctx context.Context) (string, error) {
	if _, err := exec.LookPath("cargo"); err != nil {
		return "", missing()
	}
	cmd := exec.CommandContext(ctx, "rustc", "--version")
	cmd.Dir = j.request.App.AppDir
	cmd.Env = append(os.Environ(), j.env()...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", missing()
	}
	if err != nil {
		failed := &hooks.CommandError{Argv: cmd.Args, Code: cmd.ProcessState.ExitCode(), Output: strings.Split(stderr.String(), "\n")}
		return "", hooks.Fail(diagnose(failed, "toolchain")[0])
	}
	m := rustcVersion.FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("cannot ask rustc for its version: it said %q", out)
	}
	return string(m[1]), nil
}

func missing() error {
	return hooks.Fail(slot.Diagnostic{Code: "rust.missing", Summary: "this machine has no cargo command", Hint: installHint})
}

// checkVersion compares with what the app asks for.
func (a *app) checkVersion(b *hooks.Build, have string) error {
	want, source := a.minimum.Requested, a.minimum.Source
	// Source: the edition guide.
	if since := map[string]string{"2018": "1.31", "2021": "1.56", "2024": "1.85"}[a.edition]; newer(since, want) {
		want, source = since, "Cargo.toml edition "+a.edition
	}
	if newer(want, have) {
		return hooks.Fail(slot.Diagnostic{
			Code: "rust.version", File: manifestName,
			Summary: fmt.Sprintf("the app wants Rust %s (%s), and this machine has Rust %s", want, source, have),
			Hint:    newerRust,
		})
	}
	if t := a.toolchain; t.Requested != "" && !fits(have, t.Requested) {
		b.Diagnose(slot.Diagnostic{
			Severity: slot.SeverityWarning, Code: "rust.toolchain", File: t.Source,
			Summary: fmt.Sprintf("the app asks for Rust %s (%s), and this machine builds with %s", t.Requested, t.Source, have),
			Hint:    "only a Rust installed with rustup (https://rustup.rs) follows that file",
		})
	}
	return nil
}

// fits reports whether a Rust is of a channel. One that it does not
// understand, such as a toolchain's own name, is fitting.
func fits(have, channel string) bool {
	channel, _, _ = strings.Cut(channel, "-") // nightly-2025-01-01, 1.70.0-x86_64-...
	switch {
	case channel == "stable":
		return !strings.Contains(have, "-")
	case channel == "nightly" || channel == "beta":
		return strings.Contains(have, "-"+channel)
	case channel == "" || channel[0] < '0' || channel[0] > '9':
		return true
	}
	return have == channel || strings.HasPrefix(have, channel+".")
}

// newer reports whether version a, such as "1.85", is above b; a version that
// is not understood is below all others.
func newer(a, b string) bool {
	x, y := numbers(a), numbers(b)
	for i := range x {
		if x[i] != y[i] {
			return x[i] > y[i]
		}
	}
	return false
}

func numbers(version string) (n [3]int) {
	version, _, _ = strings.Cut(version, "-")
	for i, part := range strings.SplitN(version, ".", 3) {
		n[i], _ = strconv.Atoi(part)
	}
	return n
}
