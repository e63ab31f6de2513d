package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/webhook"
)

func newWebhook(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "webhook",
		Short: "Deployments by push: address, secret, what came",
		Long: `A push to GitHub, GitLab, Gitea, Forgejo or Bitbucket deploys the slots that follow
the branch. The host signs its calls with a secret that only it and slot know.

  slot webhook setup                     make the hook on GitHub, or show what to paste
  slot webhook deliveries                what came, and what was decided
  slot config set a.deployment.on_push=false    slot a is deployed by hand only`,
	}
	cmd.AddCommand(newWebhookURL(w), newWebhookSecret(w), newWebhookRotate(w), newWebhookDeliveries(w), newWebhookReplay(w), newWebhookTest(w), newWebhookSetup(w))
	return cmd
}

type webhookURLOptions struct {
	slot string
	json bool
}

func newWebhookURL(w *World) *cobra.Command {
	o := webhookURLOptions{}
	cmd := &cobra.Command{
		Use: "url", Short: "The address that hosts call",
		Long: `Prints the address of the webhook. With --slot it is the one with which any program
that has the slot's token (slot webhook secret --slot) deploys that slot:

  curl -X POST -H "Authorization: Bearer TOKEN" ADDRESS`,
		Example: "  slot webhook url\n  slot webhook url --slot a",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().StringVar(&o.slot, "slot", "", "the address that deploys this slot alone, by token")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the address, and what was refused, as JSON")
	_ = cmd.RegisterFlagCompletionFunc("slot", slotNames) // the flag is declared above
	return cmd
}

func (o *webhookURLOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	info, err := webhookInfo(ctx, c)
	if err != nil {
		return err
	}
	if o.slot != "" {
		n, err := slot.ParseName(o.slot)
		if err != nil {
			return err
		}
		info.URL += "/" + string(n)
	}
	if o.json {
		return printJSON(w.Out, info)
	}
	fmt.Fprintln(w.Out, info.URL)
	for _, r := range info.Refused {
		fmt.Fprintf(w.Err, "refused since slot started: %d × %d %s, last at %s\n", r.Count, r.Status, r.Reason, r.Last.Local().Format("2006-01-02 15:04"))
	}
	return nil
}

func webhookInfo(ctx context.Context, c *api.Client) (api.WebhookInfo, error) {
	info, err := c.Webhook(ctx)
	if err == nil && info.URL == "" {
		err = slot.E(slot.KindFailed, "SLOT_WEBHOOK_PORT=9001, then slot down and slot up", errors.New("the webhook is closed: its port is 0"))
	}
	return info, err
}

type webhookSecretOptions struct {
	reveal bool
	slot   string
	gitlab bool
	json   bool
}

func newWebhookSecret(w *World) *cobra.Command {
	o := webhookSecretOptions{}
	cmd := &cobra.Command{
		Use: "secret", Short: "The secret that hosts sign with",
		Long: `The secret goes into the field "Secret" of the host's webhook. It is shown with
--reveal only. Programs that sign nothing get the token of one slot instead: it
is made from the secret and deploys that slot alone.`,
		Example: "  slot webhook secret --reveal\n  slot webhook secret --slot a --reveal\n  slot webhook secret --gitlab --reveal",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().BoolVar(&o.reveal, "reveal", false, "show it")
	cmd.Flags().StringVar(&o.slot, "slot", "", "the bearer token of one slot")
	cmd.Flags().BoolVar(&o.gitlab, "gitlab", false, `as GitLab's field "Signing token" takes it`)
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as JSON")
	cmd.MarkFlagsMutuallyExclusive("slot", "gitlab")
	_ = cmd.RegisterFlagCompletionFunc("slot", slotNames) // the flag is declared above
	return cmd
}

func (o *webhookSecretOptions) run(ctx context.Context, w *World) error {
	form := func(secret string) string { return secret }
	switch {
	case o.gitlab:
		form = webhook.SigningToken
	case o.slot != "":
		n, err := slot.ParseName(o.slot)
		if err != nil {
			return err
		}
		form = func(secret string) string { return webhook.Token(secret, n) }
	}
	c, err := w.connect()
	if err != nil {
		return err
	}
	s, err := c.WebhookSecrets(ctx)
	if err != nil {
		return err
	}
	for _, secret := range []*string{&s.Secret, &s.Previous} {
		switch {
		case *secret == "":
		case o.reveal:
			*secret = form(*secret)
		default:
			*secret = stars
		}
	}
	if o.json {
		return printJSON(w.Out, s)
	}
	fmt.Fprintln(w.Out, s.Secret)
	if s.Previous != "" {
		fmt.Fprintln(w.Err, "the secret before also holds until: slot webhook rotate --finish")
	}
	if !o.reveal {
		fmt.Fprintln(w.Err, "--reveal shows it")
	}
	return nil
}
