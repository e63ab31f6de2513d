package commands

import (
	"errors"

	"github.com/spf13/cobra"
)

// listing is how a command that lists something shows it: a table, a wide one
// with all columns, or JSON. The options of every such command embed it.
type listing struct{ json, wide bool }

// forms are the values of --output with what they are.
var forms = []string{"table\twhat fits a terminal", "wide\tall columns", "json\tas --json"}

// flags adds --output and --json, so that no listing has only one of them.
func (l *listing) flags(cmd *cobra.Command, usage string) {
	cmd.Flags().BoolVar(&l.json, "json", false, usage)
	cmd.Flags().VarP((*listingForm)(l), "output", "o", "table, wide (all columns) or json")
	cmd.MarkFlagsMutuallyExclusive("json", "output")
	_ = cmd.RegisterFlagCompletionFunc("output", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return forms, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}) // the flag is declared above
}

// listingForm is the listing as the value of --output.
type listingForm listing

func (f *listingForm) Set(word string) error {
	switch word {
	case "table", "wide", "json":
		f.wide, f.json = word == "wide", word == "json"
		return nil
	}
	return errors.New("want table, wide or json")
}

func (f *listingForm) String() string {
	switch {
	case f.json:
		return "json"
	case f.wide:
		return "wide"
	}
	return "table"
}

func (f *listingForm) Type() string { return "form" }

// widened adds columns behind those of a table, whose numbers stay the same
// for cut and awk; more returns those of row i.
func widened(header []string, rows [][]string, columns []string, more func(i int) []string) ([]string, [][]string) {
	for i, row := range rows {
		rows[i] = append(row, more(i)...)
	}
	return append(header, columns...), rows
}
