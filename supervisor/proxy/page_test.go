package proxy_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slot-paas/slot/supervisor/proxy"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var statuses = map[proxy.Page]int{
	proxy.PageEmpty: 200, proxy.PageDeploying: 503, proxy.PageStarting: 503, proxy.PageStopped: 503,
	proxy.PageCrashed: 503, proxy.PageFailed: 503, proxy.PageUnreachable: 502, proxy.PageNotFound: 404,
}

// show returns a page's answer to a browser behind Coder.
func show(page proxy.Page, accept string) *httptest.ResponseRecorder {
	f := proxy.NewFront(proxy.FrontOptions{Name: "a", Log: quiet()})
	f.Switch(proxy.NewPageTarget(page, info))
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "blog--ws--me.coder.example.com"
	r.RemoteAddr = "127.0.0.1:4711"
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

func TestPages_LookAsTheyDid(t *testing.T) {
	for page, status := range statuses {
		for form, accept := range map[string]string{"html": "text/html", "txt": "*/*", "json": "application/json"} {
			w := show(page, accept)
			if w.Code != status {
				t.Errorf("%s: %d, want %d", page, w.Code, status)
			}
			golden := filepath.Join("testdata", string(page)+"."+form)
			got := w.Body.String()
			if before, rest, ok := strings.Cut(got, "<style>"); ok { // it has its own file
				_, after, _ := strings.Cut(rest, "</style>")
				got = before + "<style></style>" + after
			}
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (-want +got):\n%s", golden, d)
			}
		}
	}
}

func TestPages_AllowTheirOwnStyleAndNothingElse(t *testing.T) {
	for page := range statuses {
		w := show(page, "text/html")
		_, rest, _ := strings.Cut(w.Body.String(), "<style>")
		style, _, ok := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(style))
		hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		policy := w.Header().Get("Content-Security-Policy")
		if !ok || len(style) < 100 || !strings.Contains(policy, "style-src "+hash) || !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: policy %q for a style of %d bytes, %s", page, policy, len(style), hash)
		}
		for _, foreign := range []string{"<script", "src=\"http", "url(", "@import"} {
			if strings.Contains(w.Body.String(), foreign) {
				t.Errorf("%s contains %s", page, foreign)
			}
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be stored", page)
		}
	}
}

func TestPages_TellTheAddressOnlyAsText(t *testing.T) {
	f := proxy.NewFront(proxy.FrontOptions{Name: "a", Log: quiet()})
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = `"><script>alert(1)</script>`
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "<script>") {
		t.Error("the host is not escaped")
	}
}

func TestPages_AreReadByPrograms(t *testing.T) {
	var got struct {
		Slot, State, Message string
		Status               int
		RetryAfter           int `json:"retry_after"`
	}
	if err := json.Unmarshal(show(proxy.PageDeploying, "application/json").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Slot != "a" || got.State != "deploying" || got.Status != 503 || got.RetryAfter != 2 || got.Message == "" {
		t.Errorf("%+v", got)
	}
}

func TestNewPageTarget_TakesAnUnknownPageForAFailure(t *testing.T) {
	if w := show("nonsense", "text/html"); w.Code != 503 {
		t.Errorf("%d", w.Code)
	}
}
