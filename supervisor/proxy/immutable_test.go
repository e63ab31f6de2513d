package proxy

import "testing"

func TestImmutable_TakesHashesAndNotWords(t *testing.T) {
	for name, want := range map[string]bool{
		"assets/index-BfX3k2a9.js":             true, // Vite
		"assets/index-D-x_3kQa.css":            true,
		"assets/index-BfX3k2a9.js.map":         true,
		"_astro/hoisted.CcW7x2Qe.js":           true,
		"main-K7QX2ABC.js":                     true, // Angular, esbuild
		"static/js/main.1a2b3c4d.js":           true, // webpack
		"static/js/2.1a2b3c4d.chunk.js":        true,
		"0123456789abcdef0123456789abcdef.png": false, // no name before it; the whole is the name
		"logo.0123456789abcdef0123.png":        true,
		"_app/immutable/entry/start.js":        true, // SvelteKit
		"_next/static/chunks/main.js":          true, // Next.js
		"index.html":                           false,
		"page-1a2b3c4d.html":                   false,
		"assets/my-component.js":               false,
		"assets/hero-portrait.png":             false,
		"photo-1920x1080.jpg":                  false,
		"photo-1024x768.jpg":                   false,
		"report-20240131.pdf":                  false,
		"case-iPhone15.png":                    false,
		"photo-Summer24.jpg":                   false,
		"logo-MAXWIDTH.svg":                    false,
		"lib.production.min.js":                false,
		"jquery-3.7.1.min.js":                  false,
		"sw.js":                                false,
		"robots.txt":                           false,
		"LICENSE":                              false,
		"":                                     false,
	} {
		if got := immutable(name); got != want {
			t.Errorf("immutable(%q) = %v", name, got)
		}
	}
}
