package commands

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/webhook"
)

type webhookTestOptions struct {
	url  string
	json bool
}

func newWebhookTest(w *World) *cobra.Command {
	o := webhookTestOptions{}
	cmd := &cobra.Command{
		Use: "test", Short: "Send a signed ping to the address, as GitHub does",
		Long: `Sends what GitHub sends when a hook is made, signed with the secret, to the
address that hosts call, and says what answers. It deploys nothing.`,
		Example: "  slot webhook test\n  slot webhook test --url https://hooks.example.com/webhook",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	cmd.Flags().StringVar(&o.url, "url", "", "another address, such as that of a proxy in front")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the answer as JSON")
	_ = cmd.RegisterFlagCompletionFunc("url", cobra.NoFileCompletions) // the flag is declared above
	return cmd
}

// testTimeout is how long GitHub waits for an answer.
const testTimeout = 10 * time.Second

func (o *webhookTestOptions) run(ctx context.Context, w *World) error {
	c, err := w.connect()
	if err != nil {
		return err
	}
	address := o.url
	if address == "" {
		info, err := webhookInfo(ctx, c)
		if err != nil {
			return err
		}
		address = info.URL
	}
	secrets, err := c.WebhookSecrets(ctx)
	if err != nil {
		return err
	}
	start := time.Now()
	answer, err := ping(ctx, address, secrets.Secret)
	if err != nil {
		return err
	}
	took := time.Since(start).Milliseconds()
	if o.json {
		return printJSON(w.Out, map[string]any{"url": address, "answer": answer, "duration_ms": took})
	}
	fmt.Fprintf(w.Out, "%s answered in %d ms: %s\n", address, took, dash(answer))
	return nil
}

// ping returns what the webhook said, or why it is not the webhook that
// answered.
func ping(ctx context.Context, address, secret string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, testTimeout)
	defer cancel()
	body := []byte(`{"zen":"slot webhook test","hook_id":0}`)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return "", slot.E(slot.KindUsage, "", fmt.Errorf("%q is no address: %w", address, err))
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "slot", "X-GitHub-Event": "ping",
		"X-GitHub-Delivery": strings.ToLower(rand.Text()), "X-Hub-Signature-256": webhook.Sign(secret, body),
	} {
		req.Header.Set(name, value)
	}
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := stay.Do(req)
	if err != nil {
		return "", slot.E(slot.KindUnreachable, "slot up starts it", fmt.Errorf("cannot reach %s: %w", address, errors.Unwrap(err)))
	}
	defer res.Body.Close()
	var said struct{ Reason, Error string }
	text, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // judged below
	_ = json.Unmarshal(text, &said)
	switch {
	case res.StatusCode == http.StatusOK && said.Reason != "":
		return said.Reason, nil
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return "", slot.E(slot.KindRefused, "share the webhook's app publicly: GitHub cannot log in",
			fmt.Errorf("%s answers %s and leads to %s", address, res.Status, res.Header.Get("Location")))
	case said.Error != "":
		return "", slot.E(slot.KindRefused, "", fmt.Errorf("%s answers %s: %s", address, res.Status, said.Error))
	}
	return "", slot.E(slot.KindFailed, "slot webhook url shows the address", fmt.Errorf("%s answers %s, and not as slot does", address, res.Status))
}
