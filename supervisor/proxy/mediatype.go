package proxy

import (
	"mime"
	"path"
	"strings"
)

// mediaType returns the Content-Type for a file's name, "" when unknown. What
// the web is made of stands here, since the tables of Linux distributions
// differ (.ts is a video in Debian's).
func mediaType(name string) string {
	ext := strings.ToLower(path.Ext(name))
	switch ext {
	case "":
		if path.Base(name) == "apple-app-site-association" {
			return "application/json"
		}
		return ""
	case ".html", ".htm":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js", ".mjs", ".cjs":
		return "text/javascript; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".txt", ".ts", ".tsx", ".jsx":
		return "text/plain; charset=utf-8"
	case ".md":
		return "text/markdown; charset=utf-8"
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".xml":
		return "application/xml"
	case ".rss":
		return "application/rss+xml"
	case ".atom":
		return "application/atom+xml"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".avif":
		return "image/avif"
	case ".ico":
		return "image/x-icon"
	case ".woff":
		return "font/woff"
	case ".woff2":
		return "font/woff2"
	case ".ttf":
		return "font/ttf"
	case ".otf":
		return "font/otf"
	case ".wasm":
		return "application/wasm"
	case ".pdf":
		return "application/pdf"
	case ".mp4":
		return "video/mp4"
	case ".webm":
		return "video/webm"
	case ".mp3":
		return "audio/mpeg"
	case ".gz":
		return "application/gzip"
	case ".br":
		return "application/octet-stream"
	}
	return mime.TypeByExtension(ext)
}
