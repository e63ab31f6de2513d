package logs

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Query chooses lines of a log. Its zero value chooses none, by Last.
type Query struct {
	Last    int            // the last so many of those that match; below 0 all
	Since   time.Time      // not before it; zero for no bound
	Until   time.Time      // before it; zero for no bound
	Grep    *regexp.Regexp // on the text; nil for all
	Streams []Stream       // none for all
	Release int            // of processes of this release; 0 for all
	After   Cursor         // behind it; "" for no bound
}

// slack is how much earlier than the one before it a line may be stamped: the
// readers of the two streams stamp before they take turns at the file, and
// clocks are set back by less than that now and then.
const slack = 2 * time.Second

// filter is a query made ready for lines in the form of the file.
type filter struct {
	Query
	since, until []byte // stamps; nil for no bound
	enough       []byte // before this stamp there is nothing to look for
	letters      []byte
	release      string
}

func newFilter(q Query) *filter {
	f := &filter{Query: q}
	if !q.Since.IsZero() {
		f.since = stamp(q.Since)
		f.enough = stamp(q.Since.Add(-slack))
	}
	if !q.Until.IsZero() {
		f.until = stamp(q.Until)
	}
	for _, s := range q.Streams {
		f.letters = append(f.letters, letters[s])
	}
	if q.Release > 0 {
		f.release = strconv.Itoa(q.Release)
	}
	return f
}

func stamp(t time.Time) []byte { return t.UTC().AppendFormat(nil, stampForm) }

// stampOf returns the stamp of a line of the file, or nil of one that slot
// did not write. Stamps sort as bytes.
func stampOf(line []byte) []byte {
	if len(line) <= processAt || line[streamAt-1] != ' ' || line[streamAt+1] != ' ' || line[10] != 'T' || line[len(stampForm)-1] != 'Z' {
		return nil
	}
	return line[:len(stampForm)]
}

// matches reports whether a line, without its end, is wanted. One that slot
// did not write is, where only its text is asked for.
func (f *filter) matches(line []byte) bool {
	at := stampOf(line)
	text := line
	if at == nil {
		if f.since != nil || f.until != nil || f.letters != nil || f.release != "" {
			return false
		}
	} else {
		if f.since != nil && bytes.Compare(at, f.since) < 0 || f.until != nil && bytes.Compare(at, f.until) >= 0 {
			return false
		}
		if f.letters != nil && !slices.Contains(f.letters, line[streamAt]) {
			return false
		}
		process, rest, _ := bytes.Cut(line[processAt:], []byte{' '})
		if f.release != "" && releaseOf(string(process)) != f.release {
			return false
		}
		text = rest
	}
	return f.Grep == nil || f.Grep.Match(text)
}

// releaseOf returns the number in the name of a process, such as web.7.1f0c.
func releaseOf(process string) string {
	_, rest, _ := strings.Cut(process, ".")
	number, _, _ := strings.Cut(rest, ".")
	return number
}

// choose returns the lines of data that match, oldest first.
func (f *filter) choose(data []byte) []Line {
	var chosen []Line
	for len(data) > 0 {
		var line []byte
		line, data, _ = bytes.Cut(data, []byte{'\n'})
		if f.matches(line) {
			chosen = append(chosen, parseLine(string(line)))
		}
	}
	return chosen
}
