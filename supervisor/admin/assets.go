package admin

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed assets
var assetFiles embed.FS

// styles are sent as one file, in this order.
var styles = []string{"base.css", "frame.css", "parts.css", "form.css", "dashboard.css", "slot.css", "logs.css", "settings.css"}

// bundle is what browsers load. The address of every file has a digest of all
// in it, so that a browser may keep it for ever.
type bundle struct {
	files  map[string][]byte
	digest string
}

// assets is read at the first page: most runs of the program show none.
var assets = sync.OnceValue(func() bundle {
	b := bundle{files: map[string][]byte{}}
	sum := sha256.New()
	var style bytes.Buffer
	err := fs.WalkDir(assetFiles, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := assetFiles.ReadFile(name)
		sum.Write(data)
		b.files[path.Base(name)] = data
		return err
	})
	if err != nil {
		panic(err) // they are embedded
	}
	for _, name := range styles {
		style.Write(b.files[name])
		delete(b.files, name)
	}
	b.files["admin.css"] = style.Bytes()
	b.digest = hex.EncodeToString(sum.Sum(nil))[:16]
	return b
})

// assetURL is where a page loads the file from.
func assetURL(name string) string { return "/assets/" + assets().digest + "/" + name }

func serveAsset(w http.ResponseWriter, r *http.Request) {
	data, ok := assets().files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.PathValue("digest") == assets().digest {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	if strings.HasSuffix(r.PathValue("name"), ".js") {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8") // whatever the machine's table says
	}
	http.ServeContent(w, r, r.PathValue("name"), time.Time{}, bytes.NewReader(data))
}
