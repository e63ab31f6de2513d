package java

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

const pomName = "pom.xml"

// maxModules bounds how many modules are looked into, and the depth is that of
// folders named by modules of modules.
const maxModules = 20

// pom is what slot reads of a pom.xml.
type pom struct {
	text       string // without comments
	ArtifactID string `xml:"artifactId"`
	Version    string `xml:"version"`
	Packaging  string `xml:"packaging"`
	Parent     struct {
		Version string `xml:"version"`
	} `xml:"parent"`
	Modules []string `xml:"modules>module"`
	Final   string   `xml:"build>finalName"`
	Needs   []need   `xml:"dependencies>dependency"`
}

type need struct {
	Scope string `xml:"scope"`
}

// readPom reads the pom.xml of a folder. One that is no XML gives a
// *hooks.Failure with its line.
func readPom(files *hooks.Files, dir string) (*pom, error) {
	name := path.Join(dir, pomName)
	data, err := files.Read(name)
	if err != nil {
		return nil, err
	}
	p := &pom{text: string(xmlComment.ReplaceAll(data, nil))}
	decoder := xml.NewDecoder(strings.NewReader(string(data)))
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // names are ASCII
	if err := decoder.Decode(p); err != nil {
		d := slot.Diagnostic{
			Severity: slot.SeverityError, Code: "java.pom_invalid", File: name,
			Summary: fmt.Sprintf("cannot read %s: %v", name, err), Hint: "correct it; mvn validate shows the same on your machine",
		}
		var wrong *xml.SyntaxError
		if errors.As(err, &wrong) {
			d.Line, d.Summary = wrong.Line, fmt.Sprintf("cannot read %s, line %d: %s", name, wrong.Line, wrong.Msg)
		}
		return nil, hooks.Fail(d)
	}
	return p, nil
}

// readMaven reads the app's pom.xml and those of its modules.
func (a *app) readMaven(files *hooks.Files) error {
	a.tool, a.evidence = toolMaven, []string{pomName}
	a.framework = framework{name: "maven"}
	seen := map[string]bool{}
	var visit func(dir string) error
	visit = func(dir string) error {
		if seen[dir] || len(seen) == maxModules {
			return nil
		}
		seen[dir] = true
		p, err := readPom(files, dir)
		if errors.Is(err, fs.ErrNotExist) && dir != "." {
			return hooks.Fail(slot.Diagnostic{
				Severity: slot.SeverityError, Code: "java.module_missing", File: pomName,
				Summary: "a pom.xml names the module " + dir + ", which is not in the repository", Hint: "commit it, or take it out of modules",
			})
		}
		if err != nil {
			return err
		}
		if f := frameworkOf(p.text); f.name != "" && (a.framework.port == "") {
			a.framework = f
		}
		version, setting := pomVersion(p.text)
		a.asks(version, setting, path.Join(dir, pomName))
		if m := p.module(files, dir); p.Packaging != "pom" && (len(m.mains) > 0 || m.plugin || dir == ".") {
			a.modules = append(a.modules, m)
		}
		for _, sub := range p.Modules {
			if err := visit(path.Join(dir, strings.TrimSuffix(strings.TrimSpace(sub), "/"+pomName))); err != nil {
				return err
			}
		}
		return nil
	}
	return visit(".")
}

// programPlugin matches what makes a jar that can be started.
var programPlugin = lazyregexp.New(`spring-boot-maven-plugin|quarkus-maven-plugin|mainClass>|Main-Class`)

// module is the pom's own.
func (p *pom) module(files *hooks.Files, dir string) module {
	m := module{dir: dir, mains: mainsOf(files, dir), plugin: programPlugin.MatchString(p.text)}
	m.dependencies = slices.ContainsFunc(p.Needs, func(n need) bool { return n.Scope != "test" && n.Scope != "provided" })
	version := p.Version
	if version == "" {
		version = p.Parent.Version
	}
	m.jar = p.ArtifactID + "-" + version
	if p.Final != "" {
		m.jar = p.Final
	}
	m.jar = strings.NewReplacer("${project.artifactId}", p.ArtifactID, "${artifactId}", p.ArtifactID, "${project.version}", version).Replace(m.jar) + ".jar"
	return m
}

var pomRelease = lazyregexp.New(`<(maven\.compiler\.(?:release|target|source)|java\.version|jdk\.version|release|target|source)>\s*(?:1\.)?(\d+)\s*</`)

// pomVersion returns the highest Java that the text asks for, and by which
// setting.
func pomVersion(text string) (version, setting string) {
	for _, m := range pomRelease.FindAllStringSubmatch(text, -1) {
		if version == "" || major(m[2]) > major(version) {
			version, setting = m[2], m[1]
		}
	}
	return version, setting
}
