package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// headerEnds are the ends of a header that the parser knows.
var headerEnds = [...][]byte{[]byte("\n\r\n"), []byte("\n\n")}

func hasEnd(b []byte) bool {
	return bytes.Contains(b, headerEnds[0]) || bytes.Contains(b, headerEnds[1])
}

// read returns the next request, or nil where that is the server's to judge.
// raw is what was buffered before the request was parsed; it is valid until
// more is read from the client. An error means that the client is gone, or
// too slow.
func (v *visitor) read() (r *http.Request, raw []byte, err error) {
	raw, _ = v.in.Peek(v.in.Buffered()) // never more than there is
	for seen := 0; !hasEnd(raw[seen:]); {
		if seen == 0 && v.asked { // a first request has its deadline since the connection began
			v.until = time.Time{}
			v.conn.SetReadDeadline(time.Now().Add(v.entry.headerTimeout))
		}
		seen = max(len(raw)-len(headerEnds[0])+1, 0)
		if raw, err = v.in.Peek(len(raw) + 1); errors.Is(err, bufio.ErrBufferFull) {
			return nil, raw, nil
		} else if err != nil {
			return nil, nil, err
		}
		raw, _ = v.in.Peek(v.in.Buffered())
	}
	v.asked = true
	if r, err = http.ReadRequest(v.in); err != nil {
		return nil, raw, nil
	}
	return r, raw, nil
}

// plain returns the target that is to answer the request, acquired, or nil
// when the request is the server's: it has a body, asks for more than an
// answer or says something odd, or no process that speaks HTTP/1 is there to
// take it now.
func (v *visitor) plain(r *http.Request) *Target {
	if r == nil || !isPlain(r) || v.front.held.Load() != nil {
		return nil
	}
	t := v.front.target.Load()
	if t.backend == nil || !t.acquire() {
		return nil
	}
	return t
}

func isPlain(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead ||
		r.ProtoMajor != 1 || r.ProtoMinor != 1 || r.Close ||
		r.Body != http.NoBody || r.ContentLength != 0 || len(r.TransferEncoding) > 0 ||
		r.Host == "" || r.URL.Host != "" || !httpguts.ValidHostHeader(r.Host) || strings.Contains(r.Host, "%") {
		return false
	}
	for name, values := range r.Header {
		switch name {
		case "Connection":
			if len(values) > 1 || !strings.EqualFold(values[0], "keep-alive") {
				return false
			}
		case "Content-Length", "Expect", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
			"Te", "Trailer", "Transfer-Encoding", "Upgrade":
			return false
		default:
			if !httpguts.ValidHeaderFieldName(name) {
				return false
			}
		}
	}
	return true
}

// rewrite makes the request that of the app, without a copy.
func (v *visitor) rewrite(r *http.Request) {
	r.RemoteAddr = v.peer
	delete(r.Header, "Connection")
	r.URL.RawQuery = withoutToken(r.URL.RawQuery)
	forward(r.Header, r.Header, v.host, v.local, r.Host)
	strip(r.Header)
}

// sendPlain writes a request without a body.
func (c *conn) sendPlain(r *http.Request) error {
	w := c.out
	w.WriteString(r.Method) // Flush says what went wrong
	w.WriteByte(' ')
	w.WriteString(r.URL.RequestURI())
	w.WriteString(" HTTP/1.1\r\nHost: ")
	w.WriteString(r.Host)
	w.WriteString("\r\n")
	r.Header.Write(w)
	w.WriteString("\r\n")
	return w.Flush()
}
