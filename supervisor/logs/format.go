package logs

import (
	"bytes"
	"strings"
	"time"
)

const (
	stampForm   = "2006-01-02T15:04:05.000000Z"
	noProcess   = "-"
	streamAt    = len(stampForm) + 1
	processAt   = streamAt + 2
	unsafeNames = " \t\r\n" // would end a field
)

var letters = map[Stream]byte{Stdout: 'o', Stderr: 'e', Slot: 's'}

// appendPrefix appends what stands before the text of a line.
func appendPrefix(b []byte, at time.Time, stream Stream, process string) []byte {
	b = at.UTC().AppendFormat(b, stampForm)
	letter, ok := letters[stream]
	if !ok {
		letter = letters[Slot]
	}
	b = append(b, ' ', letter, ' ')
	if process == "" || strings.ContainsAny(process, unsafeNames) {
		process = noProcess
	}
	return append(append(b, process...), ' ')
}

// appendLines appends each line of text behind prefix, and returns how many
// they were.
func appendLines(b, prefix, text []byte) ([]byte, int) {
	n := 0
	for line := range lines(text) {
		b = append(b, prefix...)
		b = append(b, line...)
		b = append(b, '\n')
		n++
	}
	return b, n
}

// parseLines reads whole lines of the file.
func parseLines(data []byte) []Line {
	parsed := make([]Line, 0, bytes.Count(data, []byte{'\n'}))
	for s := string(data); s != ""; {
		var line string
		line, s, _ = strings.Cut(s, "\n")
		parsed = append(parsed, parseLine(line))
	}
	return parsed
}

// parseLine reads one line of the file. One that slot did not write becomes
// the text of a line without time or process.
func parseLine(s string) Line {
	foreign := Line{Stream: Stdout, Text: s}
	if len(s) <= processAt || s[streamAt-1] != ' ' || s[streamAt+1] != ' ' {
		return foreign
	}
	at, err := time.Parse(stampForm, s[:len(stampForm)])
	if err != nil {
		return foreign
	}
	process, text, ok := strings.Cut(s[processAt:], " ")
	if !ok || process == "" {
		return foreign
	}
	if process == noProcess {
		process = ""
	}
	for stream, letter := range letters {
		if s[streamAt] == letter {
			return Line{Time: at, Stream: stream, Process: process, Text: text}
		}
	}
	return foreign
}
