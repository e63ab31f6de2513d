package logs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// block is how many bytes are read at once from the end of a file.
const block = 64 << 10

// Tail returns the last n lines, oldest first, from memory or where that is
// not enough from the files, rotated ones too.
func (l *Log) Tail(n int) ([]Line, error) {
	data, err := l.last(n)
	return parseLines(data), err
}

// last returns the last n lines in the form of the file.
func (l *Log) last(n int) ([]byte, error) {
	n = max(n, 0)
	l.memory.Lock()
	data, enough := l.window.last(n)
	l.memory.Unlock()
	if enough {
		return data, nil
	}
	l.disk.Lock()
	files, sizes, err := l.file.snapshot()
	lost := l.file.lost > 0
	l.memory.Lock()
	data, _ = l.window.last(min(n, l.window.lines))
	l.memory.Unlock()
	l.disk.Unlock()
	if err != nil {
		return nil, err
	}
	defer closeAll(files)
	if lost { // the newest lines are in memory only
		return data, nil
	}
	return lastOf(files, sizes, n)
}

// lastOf returns the last n lines of the files, of which the newest is first.
func lastOf(files []*os.File, sizes []int64, n int) ([]byte, error) {
	var parts [][]byte // newest first
	for i, f := range files {
		part, err := lastOfFile(f, sizes[i], n)
		if err != nil {
			return nil, fmt.Errorf("cannot read log: %w", err)
		}
		parts = append(parts, part)
		if n -= bytes.Count(part, []byte{'\n'}); n <= 0 {
			break
		}
	}
	var all []byte
	for i := len(parts) - 1; i >= 0; i-- {
		all = append(all, parts[i]...)
	}
	return all, nil
}

// lastOfFile returns the last n lines in the first size bytes of f; a last
// line without its end gets one.
func lastOfFile(f io.ReaderAt, size int64, n int) ([]byte, error) {
	var blocks [][]byte // last first
	seen := 0
	for at := size; at > 0 && seen <= n; {
		b := make([]byte, min(block, at))
		at -= int64(len(b))
		if _, err := f.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		seen += bytes.Count(b, []byte{'\n'})
		blocks = append(blocks, b)
	}
	var data []byte
	for i := len(blocks) - 1; i >= 0; i-- {
		data = append(data, blocks[i]...)
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		data = append(data, '\n')
	}
	return data[lastLines(data, n):], nil
}
