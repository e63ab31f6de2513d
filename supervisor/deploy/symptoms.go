package deploy

import (
	"slices"
	"strings"

	"github.com/slot-paas/slot/hooks"
	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// databases finds the service behind a port that refused a connection.
const databases = `(?:5432|3306|27017|6379)`

// symptoms recognises why an app ended, by its last words, the cause before
// its consequences. SLOT in a hint stands for the slot's name.
var symptoms = []hooks.Rule{
	symptom(`JavaScript heap out of memory|Reached heap limit|java\.lang\.OutOfMemoryError|^MemoryError|runtime: out of memory|memory allocation of \d+ bytes failed|NoMemoryError|Allowed memory size of \d+ bytes exhausted`,
		"app.out_of_memory", "the app ran out of memory",
		"give it more, such as NODE_OPTIONS=--max-old-space-size=1024 by slot env set SLOT, or make it need less"),
	symptom(`no space left on device|ENOSPC`, "app.disk_full", "the disk is full", "df -h shows which disk it is; remove what is not needed"),

	symptom(`(?:connect ECONNREFUSED|dial tcp) \S*?:`+databases+`\b|connection to server at .* failed: Connection refused|could not connect to server: Connection refused|Can't connect to (?:local )?MySQL|ECONNREFUSED.*:`+databases+`\b|Error (?:\d+ )?connecting to \S+:6379|ServerSelectionTimeoutError|MongoServerSelectionError`,
		"app.database_refused", "the app cannot reach its database",
		"slot db enable starts PostgreSQL and tells every app where it is; one elsewhere: slot env set SLOT DATABASE_URL=postgres://user:password@HOST:5432/name"),
	symptom(`password authentication failed for user "([^"]*)"|Access denied for user '([^']*)'`, "app.database_login",
		"the database refuses the app's user $1$2", "mend user and password in its variables: slot env list SLOT --reveal shows them, slot env set SLOT changes them"),
	symptom(`database "([^"]+)" does not exist|Unknown database '([^']+)'`, "app.database_missing",
		"the database $1$2 does not exist", "create it, or name another one in the variables: slot env set SLOT"),
	symptom(`relation "([^"]+)" does not exist|no such table: (\S+)`, "app.database_schema",
		"the database has no table $1$2", `run the migrations before each start: a line "release: ..." in a Procfile`),
	symptom(`getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (\S+)|could not translate host name "([^"]+)"`, "app.host_unknown",
		"there is no host $1$2 here", "a name from a compose file does not exist on this machine: set the variable with the address, such as 127.0.0.1, by slot env set SLOT"),

	variable(`KeyError: '([A-Z][A-Z0-9_]+)'`),                    // Python
	variable(`key not found: "([A-Z][A-Z0-9_]+)"`),               // Ruby
	variable(`Could not resolve placeholder '([A-Za-z][\w.]+)'`), // Spring
	variable(`(?i:set|missing|requires?|required|provide)(?i: the| an?| required)*(?i: environment| env)?(?i: variables?| vars?)(?i: named| called)?:? ["'\x60$]*([A-Z][A-Z0-9_]+)`),
	variable(`(?i:set|provide|define)(?i: the| an?)* ["'\x60$]*([A-Z][A-Z0-9_]+)["'\x60]*(?i: environment| env)?(?i: variable| var)\b`),
	variable(`(?i:environment|env)(?i: variable| var)?:? ["'\x60$]*([A-Z][A-Z0-9_]+)\b["'\x60]* (?:is |was )?` + unset),
	variable(`\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b["'\x60]*(?i: environment| env)?(?i: variable| var)?:? (?:is |was )?` + unset),
	symptom(`Missing .secret_key_base. for`, "app.variable_missing", "the app needs the variable SECRET_KEY_BASE",
		"slot env set SLOT SECRET_KEY_BASE=$$(openssl rand -hex 64)"),
	symptom(`The SECRET_KEY setting must not be empty`, "app.variable_missing", "the app needs a secret key, most likely the variable SECRET_KEY",
		"slot env set SLOT SECRET_KEY=$$(openssl rand -hex 32)"),
	symptom(`secretOrPrivateKey must have a value`, "app.variable_missing", "the app needs the variable with its key for tokens",
		"find its name in the code, most likely JWT_SECRET: slot env set SLOT JWT_SECRET=$$(openssl rand -hex 32)"),

	symptom(`UnsupportedClassVersionError|NODE_MODULE_VERSION (\d+)|version .GLIBC_[\d.]+. not found|requires Python [^ ]+|The engine "node" is incompatible|requires go >= |requires a different Python|Your Ruby version is`,
		"app.language_version", "the app was made for another version of its language than this machine has",
		"install the version that it asks for, or change what it asks for; slot deploy SLOT --no-cache builds all anew"),
	symptom(`Missing script: "?([\w:-]+)"?|missing script: ([\w:-]+)|error Command "([\w:-]+)" not found|ERR_PNPM_NO_SCRIPT.*Missing script: ([\w:-]+)`,
		"app.start_script", "package.json has no script $1$2$3$4", "add it, or set the command: slot config set SLOT.start='node server.js'"),
	symptom(`Cannot find module '(/[^']+)'|can't open file '([^']+)'|Could not open input file: (\S+)|Unable to access jarfile (\S+)`,
		"app.start_script", "the start command names $1$2$3$4, which is not there",
		"mend the start script, or set the command: slot config set SLOT.start=...; is the file made by a build that did not run?"),
	symptom(`^(?:/bin/)?(?:sh|bash): (?:line )?(?:\d+: )?(?:exec: )?([@\w./-]+): (?:command )?not found`, "app.command_missing",
		"the command $1 is not installed", "add the package that has $1 to the app's dependencies, or set slot config set SLOT.start=..."),
	symptom(`Cannot find (?:module|package) '([^'./][^']*)'|No module named '?([\w.]+)'?|cannot load such file -- (\S+)|(?:NoClassDefFoundError|ClassNotFoundException): (\S+)|Class "([^"]+)" not found|error while loading shared libraries: ([^:]+)`,
		"app.dependency_missing", "the app uses $1$2$3$4$5$6, which is not installed",
		"add it to the app's dependencies (not only to those for development) and commit the lock file"),
	symptom(`NotCapable: Requires (\w+) access`, "app.permission", "the app lacks a permission of Deno: $1 access",
		"add --allow-$1 to the start task in deno.json"),
	symptom(`Invalid HTTP_HOST header: '([^']+)'`, "app.host_refused", "Django refuses the host name $1",
		`set ALLOWED_HOSTS = ["*"] in the settings: only slot's proxy can reach the app`),
	symptom(`Failed to find attribute '([^']+)' in '([^']+)'|Attribute "([^"]+)" not found in module "([^"]+)"`, "app.object_missing",
		"the module $2$4 has no object $1$3", "name the one it has: slot config set SLOT.start='gunicorn --bind $$HOST:$$PORT module:object'"),
	symptom(`Cannot use import statement outside a module|require is not defined in ES module scope`, "app.module_type",
		"the app mixes the two kinds of JavaScript modules", `set "type": "module" in package.json for import, "commonjs" for require`),
	symptom(`^(?:SyntaxError|IndentationError|TabError): (.+)`, "app.syntax", "the app cannot be read: $1", "the lines above name the file and the line; mend it and deploy again"),
	symptom(`(?i)(?:listen|bind)\S*:? .*(?:EACCES|permission denied)|EACCES: permission denied \S+:(\d+)`, "app.port_forbidden",
		"the app wants a port below 1024, which only root may have", "make it listen on the port in the variable PORT"),
}

// unset is how programs say that a variable is not there.
const unset = `(?i:not (?:set|defined|found|provided|present)|missing|required|undefined|must be (?:set|defined|provided)|must not be empty|cannot be (?:empty|blank))`

func variable(pattern string) hooks.Rule {
	return symptom(pattern, "app.variable_missing", "the app needs the variable $1", "slot env set SLOT $1=...")
}

func symptom(pattern, code, summary, hint string) hooks.Rule {
	return hooks.Rule{Pattern: lazyregexp.New(pattern), Diagnostic: slot.Diagnostic{
		Severity: slot.SeverityError, Code: code, Summary: summary, Hint: hint,
	}}
}

// diagnose finds known causes in an app's last words, each kind once, the
// likeliest first.
func diagnose(n slot.Name, output []string) []slot.Diagnostic {
	rules := slices.Clone(symptoms)
	for i := range rules {
		rules[i].Diagnostic.Hint = strings.ReplaceAll(rules[i].Diagnostic.Hint, "SLOT", string(n))
	}
	var causes []slot.Diagnostic
	for _, d := range hooks.Explain(rules, output) {
		known := func(c slot.Diagnostic) bool { return c.Code == d.Code }
		if !slices.ContainsFunc(causes, known) {
			causes = append(causes, d)
		}
	}
	return causes
}
