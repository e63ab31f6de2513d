package commands

import (
	"fmt"
	"strings"
	"time"

	"github.com/slot-paas/slot/internal/coder"
)

// lastLines is how much of a failed build's log stands with its error.
const lastLines = 20

// buildProgress shows the log of a workspace's build. On a terminal it is a
// line a stage with its duration, and the newest line of the log below it;
// elsewhere every line.
type buildProgress struct {
	p     progress
	stage string
	begun time.Time // of the stage
	queue int
	tail  []string
}

// line shows one line of the log.
func (b *buildProgress) line(l coder.LogLine) {
	b.p.mu.Lock()
	defer b.p.mu.Unlock()
	if l.Stage != b.stage {
		b.endStage()
		b.stage, b.begun = l.Stage, time.Now()
		if !b.p.live {
			b.p.say("  %s", dash(l.Stage))
		}
	}
	text := strings.TrimRight(dash(l.Text), " ")
	if l.Text != "" && text != "" {
		b.tail = append(b.tail, text)
		b.tail = b.tail[max(0, len(b.tail)-lastLines):]
	}
	switch {
	case b.p.live:
		b.running(text)
	case l.Text != "":
		b.p.say("  │ %s", text)
	}
}

// running rewrites the last line of a terminal.
func (b *buildProgress) running(text string) {
	line := []rune(fmt.Sprintf("  %-28s %s", b.stage, text))
	if room := max(b.p.width-1, 20); len(line) > room {
		line = append(line[:room-1], '…')
	}
	fmt.Fprint(b.p.w, erase, b.p.paint(dim, string(line)))
	b.p.shown = true
}

func (b *buildProgress) endStage() {
	if b.p.live && b.stage != "" {
		b.p.say("  %-28s %.1fs", b.stage, time.Since(b.begun).Seconds())
	}
}

// state says that the build waits for others, once for each place in the
// queue.
func (b *buildProgress) state(now coder.Build) {
	b.p.mu.Lock()
	defer b.p.mu.Unlock()
	if now.Queue > 0 && now.Queue != b.queue {
		b.queue = now.Queue
		b.p.say("  build %d waits: %d before it", now.Number, now.Queue)
	}
}

// end closes the last stage and returns the log's end, where it is not on the
// screen already.
func (b *buildProgress) end() []string {
	b.p.mu.Lock()
	defer b.p.mu.Unlock()
	b.endStage()
	b.p.clear()
	if b.p.live {
		return b.tail
	}
	return nil
}
