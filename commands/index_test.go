package commands_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// index serves a Python package index that has one package, "tiny" in versions
// 1.0.0 and 2.0.0, until the script ends. The installers find it by their
// variables, and $INDEX is its address.
func index(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: index")
	}
	wheels := map[string][]byte{}
	var page strings.Builder
	for _, version := range []string{"1.0.0", "2.0.0"} {
		name := "tiny-" + version + "-py3-none-any.whl"
		data, err := wheel("tiny", version)
		ts.Check(err)
		wheels["/files/"+name] = data
		sum := sha256.Sum256(data)
		fmt.Fprintf(&page, "<a href=\"/files/%s#sha256=%s\">%s</a><br>\n", name, hex.EncodeToString(sum[:]), name)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := wheels[r.URL.Path]
		switch {
		case ok:
			_, _ = w.Write(data)
		case strings.TrimSuffix(r.URL.Path, "/") == "/simple/tiny":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<!DOCTYPE html><html><body>\n%s</body></html>", page.String())
		default:
			http.NotFound(w, r)
		}
	}))
	ts.Defer(server.Close)
	address := server.URL + "/simple"
	for _, name := range []string{"INDEX", "PIP_INDEX_URL", "UV_DEFAULT_INDEX"} {
		ts.Setenv(name, address)
	}
}

// wheel makes a package whose module says its version. Source: the binary
// distribution format of the Python packaging guide.
func wheel(name, version string) ([]byte, error) {
	info := name + "-" + version + ".dist-info/"
	files := [][2]string{
		{name + ".py", "version = \"" + version + "\"\n"},
		{info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\nRequires-Python: >=3.8\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: slot\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
	}
	record := ""
	for _, f := range files {
		sum := sha256.Sum256([]byte(f[1]))
		record += fmt.Sprintf("%s,sha256=%s,%d\n", f[0], base64.RawURLEncoding.EncodeToString(sum[:]), len(f[1]))
	}
	files = append(files, [2]string{info + "RECORD", record + info + "RECORD,,\n"})
	var data bytes.Buffer
	archive := zip.NewWriter(&data)
	for _, f := range files {
		w, err := archive.Create(f[0])
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return data.Bytes(), err
}
