package commands

import (
	"bytes"
	"os"
)

// keys reads a terminal key by key. survey asks the terminal where its cursor
// is, reads up to the end of the answer, and drops what its buffer has beyond:
// the keys of somebody who types fast. So nothing beyond is handed out, and it
// is kept from one question to the next.
type keys struct {
	*os.File
	rest []byte
}

func (k *keys) Read(p []byte) (int, error) {
	if len(k.rest) == 0 {
		buf := make([]byte, 256)
		n, err := k.File.Read(buf)
		if k.rest = buf[:n]; n == 0 {
			return 0, err
		}
	}
	n := copy(p, k.rest[:firstKey(k.rest)])
	k.rest = k.rest[n:]
	return n, nil
}

// firstKey is the length of the first key, or of the terminal's first answer:
// ESC [ parameters final, ESC O final (ECMA-48, section 5.4), or one byte.
func firstKey(b []byte) int {
	if len(b) < 3 || b[0] != '\x1b' || b[1] != '[' && b[1] != 'O' {
		return 1
	}
	end := bytes.IndexFunc(b[2:], func(r rune) bool { return r >= '@' && r <= '~' })
	if end < 0 {
		return len(b)
	}
	return 2 + end + 1
}
