package commands

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/docs"
	"github.com/slot-paas/slot/internal/nearest"
	"github.com/slot-paas/slot/slot"
)

// topic is a page of help that is no command's: a document, or a part of one.
type topic struct {
	name, about string
	page        string // below docs/
	section     string // its heading; "" for all of the page
}

var topics = []topic{
	{"tutorial", "From nothing to an app with a database, deployed by push", "tutorial.md", ""},
	{"how-to", "A worker, uploads, a monorepo, a private repository, alerts, …", "how-to.md", ""},
	{"configuration", "Every setting, in slots.json and outside of it", "configuration.md", ""},
	{"environment", "The SLOT_* variables and settings.json", "configuration.md", "settings.json and SLOT_* variables"},
	{"app-environment", "The variables that an app gets", "configuration.md", "What an app gets"},
	{"exit-codes", "What each exit code says", "exit-codes.md", ""},
	{"json", "What --json prints, field by field", "json.md", ""},
	{"pushes", "Deployments by push, pull requests, webhooks", "webhook.md", ""},
	{"databases", "PostgreSQL beside the slots, backups, pgAdmin", "database.md", ""},
	{"browser", "The pages on the admin's port", "admin.md", ""},
	{"build-hooks", "Your own kind of app, in ten minutes", "write-your-own-hook.md", ""},
	{"security", "What is protected from what, and what is not", "security.md", ""},
	{"state-folder", "What lies where in ~/.slot", "state-folder.md", ""},
	{"metrics", "What Prometheus can read", "metrics.md", ""},
	{"leaving", "How an app goes elsewhere", "leaving.md", ""},
}

func newHelp(w *World) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Help about a command or a topic",
		Long: `Shows what "slot COMMAND --help" shows, or a page about a topic; "slot help topics"
lists those. The pages are the documents of this very version. "make install" also
installs manual pages: man slot, man slot-deploy.
`,
		Example: `  slot help deploy
  slot help topics
  slot help environment | less`,
		ValidArgsFunction: completeHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if args[0] == "topics" {
					return listTopics(w.Out)
				}
				for _, t := range topics {
					if t.name == args[0] {
						return w.showTopic(t)
					}
				}
			}
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noHelp(found, args[len(args)-max(1, len(rest)):][0])
			}
			found.InitDefaultHelpFlag()
			found.InitDefaultVersionFlag()
			return found.Help()
		},
	}
}

func noHelp(above *cobra.Command, word string) error {
	known := []string{}
	for _, sub := range above.Commands() {
		if sub.IsAvailableCommand() {
			known = append(known, sub.Name())
		}
	}
	if !above.HasParent() {
		for _, t := range topics {
			known = append(known, t.name)
		}
	}
	said := fmt.Sprintf("no command or topic %q", word)
	return slot.E(slot.KindUsage, "slot help topics", errors.New(said+meant("", nearest.Word(word, known))))
}

func listTopics(out io.Writer) error {
	for _, t := range topics {
		if _, err := fmt.Fprintf(out, "  %-16s %s\n", t.name, t.about); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, "\nslot help TOPIC shows one.\n")
	return err
}

func (w *World) showTopic(t topic) error {
	page, err := docs.Pages.ReadFile(t.page)
	if err != nil {
		return err
	}
	text := part(string(page), t.section)
	_, err = io.WriteString(w.Out, pageText(text, min(w.width(w.Out), 100), w.color(w.Out)))
	return err
}

// part is the section of a page with that heading, up to the next one of its
// rank; the whole page for "".
func part(page, heading string) string {
	_, after, ok := strings.Cut("\n"+page, "\n## "+heading+"\n")
	if heading == "" || !ok {
		return page
	}
	inside, _, _ := strings.Cut(after, "\n## ")
	return "## " + heading + "\n" + inside
}

// completeHelp offers commands, and topics beside those at the top.
func completeHelp(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	above, _, err := cmd.Root().Find(args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, sub := range above.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
		}
	}
	if len(args) == 0 {
		names = append(names, cobra.CompletionWithDesc("topics", "The topics there are"))
		for _, t := range topics {
			names = append(names, cobra.CompletionWithDesc(t.name, t.about))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
