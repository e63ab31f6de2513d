package java

import (
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
)

// framework is what an app is made with, and the Java properties by which that
// is told where to listen.
type framework struct {
	name       string
	port, host string // names of properties; empty: the app reads PORT itself
}

// frameworkOf reads a build file's text. The ones that bring others come first.
func frameworkOf(text string) framework {
	for _, f := range []struct {
		needle string
		framework
	}{
		{"io.quarkus", framework{"quarkus", "quarkus.http.port", "quarkus.http.host"}},
		{"io.micronaut", framework{"micronaut", "micronaut.server.port", "micronaut.server.host"}},
		{"org.springframework.boot", framework{"spring-boot", "server.port", "server.address"}},
		{"io.helidon", framework{"helidon", "server.port", "server.host"}},
		{"io.dropwizard", framework{name: "dropwizard"}},
		{"io.javalin", framework{name: "javalin"}},
		{"io.ktor", framework{name: "ktor"}},
		{"io.vertx", framework{name: "vertx"}},
		{"com.sparkjava", framework{name: "spark"}},
		{"org.eclipse.jetty", framework{name: "jetty"}},
		{"io.undertow", framework{name: "undertow"}},
	} {
		if strings.Contains(text, f.needle) {
			return f.framework
		}
	}
	return framework{}
}

// properties are the flags that tell the framework where to listen; quotes let
// them be part of a shell's line.
func (f framework) properties() string {
	if f.port == "" {
		return ""
	}
	return ` -D` + f.port + `="$PORT" -D` + f.host + `="$HOST"`
}

var (
	xmlComment  = lazyregexp.New(`(?s)<!--.*?-->`)
	codeComment = lazyregexp.New(`(?s)/\*.*?\*/|(?m)(?:^|\s)//[^\n]*`)
)
