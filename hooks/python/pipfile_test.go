package python

import "testing"

// The sum is what pipenv 2026 wrote for this Pipfile.
const (
	pipfile = `[[source]]
url = "https://mirror.example.com/simple"
verify_ssl = true
name = "pypi"

[packages]
itsdangerous = "*"
uvicorn = {version = ">=0.30", extras = ["standard"]}

[dev-packages]

[requires]
python_version = "3.11"
`
	pipfileHash = "f36e098a84f722a8fbd24272ee981fda12bea56fb09c4a8de29749dd67edc425"
)

func TestPipfileStale_ComparesAsPipenvDoes(t *testing.T) {
	for _, tt := range []struct {
		name, pipfile, locked string
		stale                 bool
	}{
		{"the same", pipfile, pipfileHash, false},
		{"one more", pipfile + "\n[scripts]\nserve = \"x\"\n", pipfileHash, false},
		{"another package", pipfile + "\n[docs]\nsphinx = \"*\"\n", pipfileHash, true},
		{"no source", "[packages]\nsix = \"*\"\n", pipfileHash, false},
		{"not in ASCII", "[[source]]\nname = \"ä\"\n", pipfileHash, false},
		{"no hash", pipfile, "", false},
		{"not TOML", "[packages", pipfileHash, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if found := pipfileStale(tt.pipfile, tt.locked); (len(found) == 1) != tt.stale {
				t.Errorf("got %+v", found)
			}
		})
	}
}
