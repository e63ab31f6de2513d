package proxy

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// file is an open regular file of a site. Name is relative to the site.
type file struct {
	*os.File
	name string
	info fs.FileInfo
}

// open returns nil for anything that is not a regular file inside the site.
// O_NONBLOCK keeps a named pipe from blocking the open.
func (v *visit) open(name string) *file {
	f, err := v.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		v.note(err)
		return nil
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil
	}
	return &file{File: f, name: name, info: info}
}

func (v *visit) exists(name string) bool {
	info, err := v.root.Stat(name)
	if err != nil {
		v.note(err)
		return false
	}
	return info.Mode().IsRegular()
}

// note keeps the errors that say nothing about the file: such a request must
// not be answered with "not found".
func (v *visit) note(err error) {
	for _, trouble := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EIO, fs.ErrClosed} {
		if errors.Is(err, trouble) {
			v.trouble = err
		}
	}
}

// send answers with f or, where the client accepts it, with the compressed
// file beside it.
func (v *visit) send(f *file) {
	h := v.w.Header()
	kind := mediaType(f.name)
	if kind != "" {
		h.Set("Content-Type", kind)
	}
	if immutable(f.name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	h.Add("Vary", "Accept-Encoding")
	content, encoding := f, ""
	// A range counts bytes of the plain file; without a known type the plain
	// file's own bytes tell it.
	if kind != "" && v.r.Header.Get("Range") == "" {
		if c, e := v.compressed(f.name); c != nil {
			defer c.Close()
			content, encoding = c, e
			h.Set("Content-Encoding", encoding)
			// ServeContent leaves the length of encoded content out. A failed
			// precondition has another body, so there it stays out.
			if v.r.Header.Get("If-Match") == "" {
				h.Set("Content-Length", strconv.FormatInt(content.info.Size(), 10))
			}
		}
	}
	h.Set("Etag", v.etag(content.info, encoding))
	// No Last-Modified: after a rollback the older file is the newer answer.
	// The *os.File itself, so that sendfile(2) is used.
	http.ServeContent(v.w, v.r, f.name, time.Time{}, content.File)
}

// encodings are those of precompressed files, the better one first.
var encodings = [...]struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

func (v *visit) compressed(name string) (*file, string) {
	accept := v.r.Header["Accept-Encoding"]
	if len(accept) == 0 {
		return nil, ""
	}
	for _, e := range encodings {
		if accepts(accept, e.name) {
			if f := v.open(name + e.suffix); f != nil {
				return f, e.name
			}
		}
	}
	return nil, ""
}

// accepts reports whether an Accept-Encoding header names the encoding with a
// weight above 0 (RFC 9110, section 12.5.3). "*" is not taken: no browser
// sends it alone.
func accepts(header []string, encoding string) bool {
	for _, line := range header {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), encoding) {
				continue
			}
			key, weight, ok := strings.Cut(strings.TrimSpace(params), "=")
			if !ok || !strings.EqualFold(strings.TrimSpace(key), "q") {
				return true
			}
			q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
			return err == nil && q > 0
		}
	}
	return false
}

// etag is strong: it differs whenever the bytes may differ. The release is in
// it since an inode and a time can come again when releases are pruned; it is
// hashed so that it tells nothing about the disk.
func (s *static) etag(info fs.FileInfo, encoding string) string {
	var inode uint64
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		inode = st.Ino
	}
	b := make([]byte, 0, 40)
	for _, v := range []uint64{uint64(s.release), uint64(info.Size()), uint64(info.ModTime().UnixNano()), inode} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	sum := fnv.New64a()
	sum.Write(b)
	tag := strconv.FormatUint(sum.Sum64(), 36)
	if encoding != "" {
		tag += "-" + encoding
	}
	return `"` + tag + `"`
}
