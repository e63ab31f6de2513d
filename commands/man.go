package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/slot-paas/slot/docs"
)

// newMan writes the manual; "make install" runs it. It is hidden, since who has
// slot installed has its pages.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Short:  "Write a manual page for each command",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			return writeManual(cmd.Root(), args[0])
		},
	}
}

func writeManual(cmd *cobra.Command, dir string) error {
	page, err := manPage(cmd)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, manName(cmd)+".1"), []byte(page), 0o644); err != nil {
		return err
	}
	for _, sub := range manSubs(cmd) {
		if err := writeManual(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func manSubs(cmd *cobra.Command) []*cobra.Command {
	var subs []*cobra.Command
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			subs = append(subs, sub)
		}
	}
	return subs
}

// manDate is the day of the commit that the program was built from, so that the
// same program always writes the same; the epoch where that is not known.
func manDate() string {
	info, _ := debug.ReadBuildInfo()
	if info != nil {
		for _, s := range info.Settings {
			if day, _, ok := strings.Cut(s.Value, "T"); ok && s.Key == "vcs.time" {
				return day
			}
		}
	}
	return "1970-01-01"
}

// manPage is a command's page.
func manPage(cmd *cobra.Command) (string, error) {
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	m := &manual{}
	fmt.Fprintf(m, ".TH %s 1 %s slot \"slot manual\"\n", strings.ToUpper(manText(manName(cmd))), manDate())
	fmt.Fprintf(m, ".SH NAME\n%s \\- %s\n", manText(manName(cmd)), manText(cmd.Short))
	m.section("SYNOPSIS", cmd.UseLine())
	long := cmd.Long
	if long == "" {
		long = cmd.Short
	}
	m.section("DESCRIPTION", long)
	m.list("COMMANDS")
	for _, sub := range manSubs(cmd) {
		m.item(sub.CommandPath(), sub.Short)
	}
	m.list("OPTIONS")
	cmd.LocalFlags().VisitAll(m.flag)
	cmd.InheritedFlags().VisitAll(m.flag)
	m.section("EXAMPLES", cmd.Example)
	m.section("EXIT STATUS", strings.TrimPrefix(strings.TrimSpace(exitCodes), "Exit codes:\n"))
	if cmd.HasParent() {
		m.section("SEE ALSO", manName(cmd.Parent())+"(1); the variables are in slot(1), ENVIRONMENT")
		return m.String(), nil
	}
	settings, err := docs.Pages.ReadFile("configuration.md")
	if err != nil {
		return "", err
	}
	for _, t := range topics {
		if t.name == "environment" {
			_, text, _ := strings.Cut(pageText(part(string(settings), t.section), 70, false), "\n")
			m.verbatim("ENVIRONMENT", text)
		}
	}
	m.section("SEE ALSO", "slot help topics lists the documents that slot carries.")
	return m.String(), nil
}

// manual is a page in the man macros of roff.
type manual struct {
	strings.Builder
	pending string // the heading of a list that has no item yet
}

// section writes paragraphs; those with indented lines stay as they are.
func (m *manual) section(title, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	fmt.Fprintf(m, ".SH %s\n", title)
	for i, par := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if par = strings.Trim(par, "\n"); par == "" {
			continue
		}
		if i > 0 {
			m.WriteString(".PP\n")
		}
		if strings.Contains("\n"+par, "\n ") {
			m.WriteString(".nf\n" + manText(par) + "\n.fi\n")
		} else {
			m.WriteString(manText(par) + "\n")
		}
	}
}

func (m *manual) verbatim(title, text string) {
	fmt.Fprintf(m, ".SH %s\n.nf\n%s\n.fi\n", title, manText(strings.Trim(text, "\n")))
}

func (m *manual) list(title string) { m.pending = title }

func (m *manual) item(term, text string) {
	if m.pending != "" {
		fmt.Fprintf(m, ".SH %s\n", m.pending)
		m.pending = ""
	}
	fmt.Fprintf(m, ".TP\n\\fB%s\\fR\n%s\n", manText(term), manText(text))
}

func (m *manual) flag(f *pflag.Flag) {
	if f.Hidden {
		return
	}
	value, usage := pflag.UnquoteUsage(f)
	term := "--" + f.Name
	if f.Shorthand != "" {
		term = "-" + f.Shorthand + ", " + term
	}
	m.item(strings.TrimSpace(term+" "+value), usage)
}

// manText is text that roff prints as it is: no line of it is a request.
func manText(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line[0] == '.' || line[0] == '\'' {
			b.WriteString(`\&`)
		}
		for _, r := range strings.TrimRight(line, " \n") {
			switch {
			case r == '\\':
				b.WriteString(`\e`)
			case r == '-':
				b.WriteString(`\-`)
			case r == '\t':
				b.WriteString("    ")
			case r > 126:
				fmt.Fprintf(&b, `\[u%04X]`, r)
			default:
				b.WriteRune(r)
			}
		}
		if strings.HasSuffix(line, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
