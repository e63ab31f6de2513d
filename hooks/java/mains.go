package java

import (
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
)

// maxReads is how many source files are looked into. Source: the contract
// allows 200 in all.
const maxReads = 150

var (
	packageClause = lazyregexp.New(`(?m)^\s*package\s+([\w.]+)\s*;?`)
	// static void main(String[] args), and void main() of Java 25's files
	// without a class; the second has no indentation.
	javaMain   = lazyregexp.New(`(?m)\bstatic\s+(?:public\s+|final\s+)*void\s+main\s*\(|^void\s+main\s*\(`)
	kotlinMain = lazyregexp.New(`(?m)^\s*(?:suspend\s+)?fun\s+main\s*\(`)
)

// findMains returns the classes below a folder that have a method main; without
// deep, those of its own files.
func findMains(files *hooks.Files, dir string, deep bool) []string {
	var mains []string
	left := maxReads
	var look func(dir string)
	look = func(dir string) {
		entries, _ := files.List(dir)
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			switch {
			case e.IsDir() && deep:
				look(name)
			case !e.Type().IsRegular() || left == 0:
			case strings.HasSuffix(name, ".java"), strings.HasSuffix(name, ".kt"):
				left--
				if class := mainClass(files, name); class != "" {
					mains = append(mains, class)
				}
			}
		}
	}
	look(dir)
	slices.Sort(mains)
	return mains
}

// mainClass returns the name of the file's class that can be started, "" for
// none.
func mainClass(files *hooks.Files, name string) string {
	data, err := files.Read(name)
	if err != nil {
		return ""
	}
	class, isJava := strings.CutSuffix(path.Base(name), ".java")
	if isJava && !javaMain.Match(data) {
		return ""
	}
	if !isJava {
		if !kotlinMain.Match(data) {
			return ""
		}
		class = strings.TrimSuffix(class, ".kt")
		class = strings.ToUpper(class[:1]) + class[1:] + "Kt"
	}
	if m := packageClause.FindSubmatch(data); m != nil {
		return string(m[1]) + "." + class
	}
	return class
}

// mainsOf returns the startable classes of a module of Maven's or Gradle's.
func mainsOf(files *hooks.Files, dir string) []string {
	return slices.Concat(
		findMains(files, path.Join(dir, "src/main/java"), true),
		findMains(files, path.Join(dir, "src/main/kotlin"), true),
	)
}
