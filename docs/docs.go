// Package docs carries the documents, so that slot help can show them.
package docs

import "embed"

// Pages holds the documents of this folder by their file names.
//
//go:embed *.md
var Pages embed.FS
