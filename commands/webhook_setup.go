package commands

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/internal/github"
	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
)

type webhookSetupOptions struct {
	repositories []string
	url          string
	print        bool
	reveal       bool
	keepToken    bool
	json         bool
}

func newWebhookSetup(w *World) *cobra.Command {
	o := webhookSetupOptions{}
	cmd := &cobra.Command{
		Use: "setup", Short: "Make the hook on GitHub, or show what to paste",
		Long: `With a token (GITHUB_TOKEN, GH_TOKEN, or that of a gh that is logged in) it makes
GitHub call slot for every repository on GitHub that a slot deploys on push or
whose pull requests are shown; what is there already gets the present secret.
Without one it shows the four fields to fill in. GITHUB_API_URL is for GitHub Enterprise Server: https://HOST/api/v3.`,
		Example: "  slot webhook setup\n  slot webhook setup --repository me/app --url https://hooks.example.com/webhook\n  slot webhook setup --print --reveal",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().StringSliceVar(&o.repositories, "repository", nil, "owner/name; those of the slots unless given")
	cmd.Flags().StringVar(&o.url, "url", "", "the address that GitHub calls, such as that of a proxy in front")
	cmd.Flags().BoolVar(&o.print, "print", false, "only show the fields")
	cmd.Flags().BoolVar(&o.reveal, "reveal", false, "show the secret among them")
	cmd.Flags().BoolVar(&o.keepToken, "keep-token", false, "keep the token, so that commits and pull requests show what became of them")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the hooks, or the fields, as JSON")
	_ = cmd.RegisterFlagCompletionFunc("repository", w.completeRepositories) // the flags are declared above
	_ = cmd.RegisterFlagCompletionFunc("url", cobra.NoFileCompletions)
	return cmd
}

func (o *webhookSetupOptions) run(ctx context.Context, w *World) error {
	c, err := w.connectOrStart(ctx)
	if err != nil {
		return err
	}
	if o.url == "" {
		info, err := webhookInfo(ctx, c)
		if err != nil {
			return err
		}
		o.url = info.URL
	}
	secrets, err := c.WebhookSecrets(ctx)
	if err != nil {
		return err
	}
	token := w.gitHubToken(ctx, !o.print)
	if o.print || token == "" {
		if err := o.fields(w, secrets.Secret); err != nil {
			return err
		}
		if token == "" && !o.print {
			fmt.Fprintln(w.Err, "no token was found: GITHUB_TOKEN, GH_TOKEN or gh auth login make slot fill them in")
		}
		return nil
	}
	if err := reachable(o.url); err != nil {
		return err
	}
	if err := o.choose(ctx, w, c); err != nil {
		return err
	}
	if err := o.make(ctx, w, token, secrets.Secret); err != nil {
		return err
	}
	if o.keepToken {
		return c.SetGitHubToken(ctx, token)
	}
	return nil
}

// webhookSet is what "slot webhook setup --json" prints.
type webhookSet struct {
	URL         string    `json:"url"`
	ContentType string    `json:"content_type"`
	Events      []string  `json:"events"`
	Secret      string    `json:"secret"`
	Hooks       []hookSet `json:"hooks"` // none: the fields are to be pasted
}

type hookSet struct {
	Repository string `json:"repository"`
	Made       bool   `json:"made"` // false: it was there already
}

// events are what GitHub is asked to tell.
var events = []string{"push", "pull_request"}

func (o *webhookSetupOptions) printSet(w *World, secret string, hooks []hookSet) error {
	if !o.reveal {
		secret = stars
	}
	return printJSON(w.Out, webhookSet{o.url, "application/json", events, secret, hooks})
}

func (o *webhookSetupOptions) fields(w *World, secret string) error {
	if o.json {
		return o.printSet(w, secret, []hookSet{})
	}
	if !o.reveal {
		secret = stars + " (--reveal shows it)"
	}
	for _, f := range [][2]string{
		{"Payload URL", o.url}, {"Content type", "application/json"}, {"Secret", secret}, {"Events", "pushes; pull requests, for previews"},
	} {
		fmt.Fprintf(w.Out, "%-14s %s\n", f[0], f[1])
	}
	return nil
}

// reachable refuses an address that only this machine has.
func reachable(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return slot.E(slot.KindUsage, "", fmt.Errorf("%q is no address; want one such as https://hooks.example.com/webhook", address))
	}
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		return slot.E(slot.KindUsage, "slot webhook setup --url https://…/webhook, the address of what leads here from outside",
			fmt.Errorf("GitHub cannot reach %s: it is an address of this machine alone", address))
	}
	return nil
}

// choose takes the repositories of the slots that deploy on push, and those
// whose pull requests are shown.
func (o *webhookSetupOptions) choose(ctx context.Context, w *World, c *api.Client) error {
	if len(o.repositories) > 0 {
		return nil
	}
	cfg, err := c.Config(ctx)
	if err != nil {
		return err
	}
	host := w.gitHubHost()
	add := func(address string) {
		if name := slot.NameOn(host, address); name != "" && !slices.Contains(o.repositories, name) {
			o.repositories = append(o.repositories, name)
		}
	}
	for _, n := range slot.Names() {
		if s := cfg.Slots[n]; s.DeploysOnPush() {
			add(s.Repository)
		}
	}
	for _, p := range cfg.Previews {
		add(p.Repository)
	}
	if len(o.repositories) == 0 {
		return slot.E(slot.KindUsage, "slot webhook setup --repository owner/name", fmt.Errorf("no slot deploys a repository of %s on push", host))
	}
	return nil
}

func (o *webhookSetupOptions) make(ctx context.Context, w *World, token, secret string) error {
	gh, err := github.New(w.Getenv("GITHUB_API_URL"), token)
	if err != nil {
		return err
	}
	hooks := []hookSet{}
	for _, name := range o.repositories {
		made, err := gh.EnsureHook(ctx, name, o.url, secret, events)
		if err != nil {
			return err
		}
		if hooks = append(hooks, hookSet{name, made}); o.json {
			continue
		}
		did := "calls"
		if !made {
			did = "called already, and has the present secret now:"
		}
		fmt.Fprintf(w.Out, "%s %s %s\n", name, did, o.url)
	}
	if o.json {
		return o.printSet(w, secret, hooks)
	}
	return nil
}
