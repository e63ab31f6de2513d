package notify

import (
	"fmt"
	"strings"
	"time"

	"github.com/slot-paas/slot/slot"
)

// message is the body of a notice. Text is what Slack, Mattermost and their
// like show, Content what Discord shows; each leaves alone what it does not
// know. A commit's subject must not call a whole channel: Slack's own marks are
// written out, and Discord is told to call nobody.
type message struct {
	slot.Notice
	Text     string   `json:"text"`
	Content  string   `json:"content"`
	Mentions mentions `json:"allowed_mentions"`
}

type mentions struct {
	Parse []string `json:"parse"`
}

// maxContent is Discord's bound for content, in characters.
const maxContent = 2000

var slackMarks = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func newMessage(n slot.Notice) message {
	text := clip(sentence(n), maxContent)
	return message{Notice: n, Text: slackMarks.Replace(text), Content: text, Mentions: mentions{Parse: []string{}}}
}

// sentence is the notice for people.
func sentence(n slot.Notice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "slot %s: ", n.Slot)
	took := (time.Duration(n.DurationMS) * time.Millisecond).Round(100 * time.Millisecond)
	switch n.Event {
	case slot.NoticeLive:
		fmt.Fprintf(&b, "release %d is live%s after %v", n.Release, source(n), took)
	case slot.NoticeRolledBack:
		fmt.Fprintf(&b, "rolled back, release %d is live%s", n.Release, source(n))
	case slot.NoticeFailed:
		fmt.Fprintf(&b, "%s failed%s", n.Action, source(n))
	case slot.NoticeRestarted:
		fmt.Fprintf(&b, "the app of release %d is restarted", n.Release)
	case slot.NoticeAlert:
		fmt.Fprintf(&b, "alert for release %d", n.Release)
	case slot.NoticeRecovered:
		fmt.Fprintf(&b, "release %d is well again", n.Release)
	case slot.NoticeCrashed:
		fmt.Fprintf(&b, "the app of release %d crashed%s", n.Release, source(n))
	}
	if n.Error != nil {
		fmt.Fprintf(&b, ": %v", n.Error)
		if n.Error.Kind == slot.KindKept {
			b.WriteString(" (the release before still serves)")
		}
		if n.Error.Hint != "" {
			fmt.Fprintf(&b, "\ntry: %s", n.Error.Hint)
		}
	}
	if n.URL != "" {
		fmt.Fprintf(&b, "\n%s", n.URL)
	}
	return b.String()
}

// source is what was deployed, in parentheses.
func source(n slot.Notice) string {
	var words []string
	if n.From != "" {
		words = append(words, "from slot "+string(n.From))
	}
	if n.Commit != "" {
		words = append(words, n.Commit[:min(len(n.Commit), 7)])
	}
	if n.Subject != "" {
		words = append(words, fmt.Sprintf("%q", n.Subject))
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, " ") + ")"
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
