package proxy

import (
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// answer gives a plain request to its target, which was acquired, and the
// client its answer. It reports whether the client may send another.
func (v *visitor) answer(t *Target, r *http.Request) (stays bool) {
	a := v.front.traffic.take(nil)
	defer a.end()
	a.target = t
	t.requests.Add(1)
	v.watch.Reset(watchAfter)
	v.rewrite(r)
	res, err := t.backend.do(errand{ctx: v.ctx, Request: r, plain: true, interim: v.interim})
	switch {
	case err == nil:
		stays = v.relay(a, r, res)
	case v.ctx.Err() != nil:
		a.status = statusClientGone
	default:
		own := &ownAnswer{visitor: v, header: http.Header{}}
		a.ResponseWriter = own
		t.fail(a, r, err)
		stays = own.send(r)
	}
	return v.unwatch() && stays
}

// interim passes a 1xx answer on.
func (v *visitor) interim(status int, h textproto.MIMEHeader) error {
	v.line(status)
	dropHops(http.Header(h))
	h.Del("Content-Length")
	http.Header(h).Write(v.out)
	v.out.WriteString("\r\n")
	return v.out.Flush()
}

// line writes an answer's first line.
func (v *visitor) line(status int) {
	v.out.WriteString("HTTP/1.1 ")
	v.out.Write(strconv.AppendInt(v.out.AvailableBuffer(), int64(status), 10))
	v.out.WriteByte(' ')
	if text := http.StatusText(status); text != "" {
		v.out.WriteString(text)
	} else {
		v.out.WriteString("status code " + strconv.Itoa(status))
	}
	v.out.WriteString("\r\n")
}

// header writes an answer's header, and reports whether the client may send
// another request after it.
func (v *visitor) header(status int, h http.Header) (stays bool) {
	v.line(status)
	h.Write(v.out)
	if _, ok := h["Date"]; !ok {
		v.out.WriteString(dateLine(time.Now()))
	}
	stays = !v.entry.closing.Load() && !v.front.farewell.began.Load()
	if !stays {
		v.out.WriteString("Connection: close\r\n")
	}
	return stays
}

// relay passes an app's answer on.
func (v *visitor) relay(a *answer, r *http.Request, res *http.Response) (stays bool) {
	defer res.Body.Close()
	a.answered(res.StatusCode)
	h := res.Header
	dropHops(h)
	bodyless := r.Method == http.MethodHead || res.StatusCode == http.StatusNoContent || res.StatusCode == http.StatusNotModified
	chunked := !bodyless && res.ContentLength < 0
	switch {
	case res.StatusCode == http.StatusNotModified:
		delete(h, "Content-Type")
		delete(h, "Content-Length")
	case res.StatusCode == http.StatusNoContent:
		delete(h, "Content-Length")
	case !bodyless && !chunked && h["Content-Length"] == nil: // the app called it a matter of one hop
		h["Content-Length"] = []string{strconv.FormatInt(res.ContentLength, 10)}
	}
	stays = v.header(res.StatusCode, h)
	if chunked {
		v.out.WriteString("Transfer-Encoding: chunked\r\n")
	}
	if len(res.Trailer) > 0 {
		v.out.WriteString("Trailer: " + strings.Join(slices.Sorted(maps.Keys(res.Trailer)), ", ") + "\r\n")
	}
	v.out.WriteString("\r\n")
	var err error
	switch {
	case bodyless:
	case chunked:
		err = v.stream(a, res)
	default:
		err = v.copy(a, res)
	}
	if flushErr := v.out.Flush(); err == nil {
		err = flushErr
	}
	return stays && err == nil
}

// copy passes on a body of known length.
func (v *visitor) copy(a *answer, res *http.Response) error {
	atOnce := strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream")
	if res.ContentLength <= int64(v.out.Available()) && !atOnce {
		for a.written < res.ContentLength {
			room := v.out.AvailableBuffer()
			n, err := res.Body.Read(room[:cap(room)])
			v.out.Write(room[:n])
			a.written += int64(n)
			if err == io.EOF && a.written == res.ContentLength {
				break
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	return v.pump(a, v.out, res.Body, atOnce)
}

// stream passes on a body of unknown length, each piece at once.
func (v *visitor) stream(a *answer, res *http.Response) error {
	if err := v.out.Flush(); err != nil {
		return err
	}
	chunks := httputil.NewChunkedWriter(v.out)
	if err := v.pump(a, chunks, res.Body, true); err != nil {
		return err
	}
	if err := chunks.Close(); err != nil {
		return err
	}
	res.Trailer.Write(v.out)
	_, err := v.out.WriteString("\r\n")
	return err
}

func (v *visitor) pump(a *answer, w io.Writer, body io.Reader, atOnce bool) error {
	buf := buffers.Get()
	defer buffers.Put(buf)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return err
			}
			a.written += int64(n)
			if atOnce {
				if err := v.out.Flush(); err != nil {
					return err
				}
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// dropHops removes what is between the app and slot only (RFC 9110, 7.6.1).
func dropHops(h http.Header) {
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range [...]string{"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade"} {
		delete(h, name)
	}
}

// date is the line of one second.
type date struct {
	second int64
	line   string
}

var lastDate atomic.Pointer[date]

// dateLine returns the field Date for an app that sends none.
func dateLine(now time.Time) string {
	d := lastDate.Load()
	if d == nil || d.second != now.Unix() {
		d = &date{now.Unix(), "Date: " + now.UTC().Format(http.TimeFormat) + "\r\n"}
		lastDate.Store(d)
	}
	return d.line
}

// ownAnswer is the ResponseWriter of what slot says in an app's place.
type ownAnswer struct {
	visitor *visitor
	header  http.Header
	status  int
	body    []byte
}

// Header implements http.ResponseWriter.
func (o *ownAnswer) Header() http.Header { return o.header }

// WriteHeader implements http.ResponseWriter.
func (o *ownAnswer) WriteHeader(status int) { o.status = status }

// Write implements http.ResponseWriter.
func (o *ownAnswer) Write(p []byte) (int, error) {
	o.body = append(o.body, p...)
	return len(p), nil
}

func (o *ownAnswer) send(r *http.Request) (stays bool) {
	v := o.visitor
	if r.Method != http.MethodHead {
		o.header.Set("Content-Length", strconv.Itoa(len(o.body)))
	}
	stays = v.header(o.status, o.header)
	v.out.WriteString("\r\n")
	v.out.Write(o.body)
	return v.out.Flush() == nil && stays
}
