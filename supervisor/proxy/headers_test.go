package proxy_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/slot-paas/slot/supervisor/proxy"
)

// seen is a request as an app saw it.
type seen struct {
	Host, URI, Method string
	Header            http.Header
}

func reflector(w http.ResponseWriter, r *http.Request) {
	json.NewEncoder(w).Encode(seen{r.Host, r.RequestURI, r.Method, r.Header})
}

func TestProcess_PassesRequestsOnByTheRules(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, reflector), proxy.ProcessOptions{}))
	for _, row := range []struct {
		name   string
		path   string
		header []string
		want   map[string]string // header of the app's request, "" for absent
		uri    string
	}{
		{name: "host kept", header: []string{"Host", "blog--ws--me.coder.example.com"},
			want: map[string]string{":host": "blog--ws--me.coder.example.com", "X-Forwarded-Host": "blog--ws--me.coder.example.com"}},
		{name: "forwarded for begun", want: map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http"}},
		{name: "forwarded for appended", header: []string{"X-Forwarded-For", "203.0.113.9, 10.0.0.1"},
			want: map[string]string{"X-Forwarded-For": "203.0.113.9, 10.0.0.1, 127.0.0.1"}},
		{name: "forwarded proto and host kept", header: []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "outer.example"},
			want: map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "outer.example"}},
		{name: "forwarded removed", header: []string{"Forwarded", "for=1.2.3.4"}, want: map[string]string{"Forwarded": ""}},
		{name: "connection cannot name ours", header: []string{"Connection", "X-Forwarded-For, X-Mine", "X-Mine", "1", "X-Forwarded-For", "203.0.113.9"},
			want: map[string]string{"X-Forwarded-For": "203.0.113.9, 127.0.0.1", "X-Mine": ""}},
		{name: "hop by hop removed", header: []string{"Proxy-Authorization", "x", "Keep-Alive", "1"}, want: map[string]string{"Proxy-Authorization": "", "Keep-Alive": ""}},
		{name: "authorization is the app's", header: []string{"Authorization", "Bearer app"}, want: map[string]string{"Authorization": "Bearer app"}},
		{name: "no gzip asked for", want: map[string]string{"Accept-Encoding": ""}},
		{name: "no user agent made up", header: []string{"User-Agent", ""}, want: map[string]string{"User-Agent": ""}},
		{name: "coder token header", header: []string{"Coder-Session-Token", "secret", "X-Coder-Anything", "secret"},
			want: map[string]string{"Coder-Session-Token": "", "X-Coder-Anything": ""}},
		{name: "cookies of coder and admin", header: []string{"Cookie", "theme=dark; coder_session_token=s; slot_session=s; __Host-coder_x=s;lang=en; __Host-slot_session=s"},
			want: map[string]string{"Cookie": "theme=dark;lang=en"}},
		{name: "only own cookies", header: []string{"Cookie", "slot_session=s"}, want: map[string]string{"Cookie": ""}},
		{name: "cookie of pgAdmin", header: []string{"Cookie", "slot_pgadmin=s; lang=en"}, want: map[string]string{"Cookie": "lang=en"}},
		{name: "cookies of the app as they were", header: []string{"Cookie", "a=1;b=\"2, 3\" ;my_coder_x=1; slot_session_x=2"},
			want: map[string]string{"Cookie": "a=1;b=\"2, 3\" ;my_coder_x=1; slot_session_x=2"}},
		{name: "semicolon in query", path: "/p?a=1;b=2", uri: "/p?a=1;b=2"},
		{name: "broken escape in query", path: "/p?x=100%", uri: "/p?x=100%"},
		{name: "empty query", path: "/p?", uri: "/p?"},
		{name: "token in query", path: "/p?a=1&coder_session_token=s&b=2", uri: "/p?a=1&b=2"},
		{name: "token in query, escaped", path: "/p?coder%5Fsession_token=s&b=%41", uri: "/p?b=%41"},
		{name: "raw path", path: "/a%2Fb//c/../d%20e", uri: "/a%2Fb//c/../d%20e"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.path == "" {
				row.path = "/"
			}
			_, body := get(t, address, row.path, row.header...)
			var got seen
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatalf("%v in %q", err, body)
			}
			if row.uri != "" && got.URI != row.uri {
				t.Errorf("the app saw %q, want %q", got.URI, row.uri)
			}
			for name, want := range row.want {
				value := strings.Join(got.Header[name], ", ")
				if name == ":host" {
					value = got.Host
				}
				if value != want {
					t.Errorf("the app saw %s: %q, want %q", name, value, want)
				}
			}
		})
	}
}

func TestProcess_DoesNotTrustForwardedHeadersOfOtherMachines(t *testing.T) {
	f, _ := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, reflector), proxy.ProcessOptions{}))
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "198.51.100.7:4711"
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Forwarded-Host", "evil.example")
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	var got seen
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "example.com"} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
}

func TestProcess_PassesAnswersOnByTheRules(t *testing.T) {
	f, address := newFront(t, proxy.FrontOptions{})
	f.Switch(newProcess(t, 1, newApp(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Server", "app")
		h.Set("Connection", "X-Hop")
		h.Set("X-Hop", "1")
		h.Set("Content-Encoding", "gzip")
		h.Set("Access-Control-Allow-Origin", "*")
		for _, c := range []string{"coder_session_token=planted; Path=/", "app=1; HttpOnly", "__Host-slot_session=planted", "slot_pgadmin=planted; Path=/", "lang=en"} {
			h.Add("Set-Cookie", c)
		}
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "not really gzip")
	}), proxy.ProcessOptions{}))
	res, body := get(t, address, "/")
	if res.StatusCode != http.StatusTeapot || body != "not really gzip" {
		t.Errorf("%d %q", res.StatusCode, body)
	}
	if got := res.Header["Set-Cookie"]; !slices.Equal(got, []string{"app=1; HttpOnly", "lang=en"}) {
		t.Errorf("Set-Cookie: %q", got)
	}
	for name, want := range map[string]string{"Server": "app", "X-Hop": "", "Content-Encoding": "gzip", "Access-Control-Allow-Origin": "*"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
