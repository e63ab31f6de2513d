package admin

import (
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/supervisor/logs"
)

// level is how much a line deserves to be seen.
type level string

// The levels.
const (
	levelNone  level = ""
	levelWarn  level = "w"
	levelError level = "e"
)

var (
	errorWord = lazyregexp.New(`(?i)(^|[^a-z])(error|fatal|panic|critical|exception|traceback|unhandled)s?([^a-z]|$)|"level":\s*"?(error|fatal|50|60)|level=(error|fatal)|\b[A-Z][a-zA-Z]+(Error|Exception)\b`)
	warnWord  = lazyregexp.New(`(?i)(^|[^a-z])(warn|warning|deprecat[a-z]*)([^a-z]|$)|"level":\s*"?(warn|40)`)
	noError   = lazyregexp.New(`(?i)\b(0|no|without) (error|warning)s?\b`)
)

// shownText is how many bytes of a line are shown; the file has the rest.
const shownText = 2000

// levelOf reads a line as a person would: by the words that frameworks use.
func levelOf(l logs.Line) level {
	text := l.Text
	if len(text) > shownText {
		text = text[:shownText]
	}
	if !promising(text) {
		return levelNone
	}
	switch {
	case noError.MatchString(text):
		return levelNone
	case errorWord.MatchString(text):
		return levelError
	case warnWord.MatchString(text):
		return levelWarn
	}
	return levelNone
}

// promising reports whether a line may have a level: a page begins with fifty
// thousand lines, of which nearly all have none.
func promising(text string) bool {
	low := strings.ToLower(text)
	for _, word := range []string{"err", "warn", "fatal", "panic", "critical", "exception", "traceback", "unhandled", "deprecat", `"level"`} {
		if strings.Contains(low, word) {
			return true
		}
	}
	return false
}
