package settings

import (
	"fmt"
	"strconv"
	"strings"
)

// The log of a slot takes 60 MiB at most by default: app.log and five before
// it, of 10 MiB each, as PM2's and Docker's users set it.
const (
	DefaultLogSize  = 10 << 20
	DefaultLogFiles = 5
)

const (
	minLogSize, maxLogSize = 1 << 20, 1 << 30
	maxLogFiles            = 100
)

// readLogs reads the variables about logs and checks what holds.
func (s *Settings) readLogs(getenv func(string) string) (err error) {
	if v := getenv("SLOT_LOG_SIZE"); v != "" {
		if s.LogSize, err = logSize("SLOT_LOG_SIZE", v); err != nil {
			return err
		}
	}
	if v := getenv("SLOT_LOG_FILES"); v != "" {
		if s.LogFiles, err = strconv.Atoi(v); err != nil {
			return bad("SLOT_LOG_FILES", v, fmt.Sprintf("1 to %d", maxLogFiles))
		}
	}
	if s.LogFiles < 1 || s.LogFiles > maxLogFiles {
		return bad("log_files (SLOT_LOG_FILES)", strconv.Itoa(s.LogFiles), fmt.Sprintf("1 to %d", maxLogFiles))
	}
	return nil
}

// logSize reads a size such as 10MiB.
func logSize(name, text string) (int64, error) {
	for unit, bytes := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30} {
		if number, ok := strings.CutSuffix(text, unit); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
			if err == nil && n*bytes >= minLogSize && n*bytes <= maxLogSize {
				return n * bytes, nil
			}
		}
	}
	return 0, bad(name, text, "1MiB to 1GiB, such as 10MiB")
}
