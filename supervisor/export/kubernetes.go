package export

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slot-paas/slot/internal/lazyregexp"
	"github.com/slot-paas/slot/slot"
)

// kubernetes writes the variables as a Secret, the volume, the app and its
// workers, and the service in front. The app has one replica, as here: nothing
// says that it may have more.
func (a *App) kubernetes() (File, error) {
	if _, err := a.recipe(); err != nil {
		return File{}, err
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s, as release %d of slot %s ran: slot export. Holds the variables: not for git.", a.Name, a.Release.ID, a.Release.Slot)
	line("apiVersion: v1\nkind: Secret\nmetadata: {name: %s}\nstringData:", quoted(a.Name))
	values := a.variables(Kubernetes)
	for _, name := range a.leftOut() {
		values[name] = ""
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		line("  %s: %s", quoted(name), quoted(values[name]))
	}
	if len(values) == 0 {
		line("  {}")
	}
	if a.Release.Plan.Static == nil {
		line("---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: %s}", quoted(a.Name))
		line("spec:\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}")
	}
	a.deployment(line, a.Name, nil)
	line("---\napiVersion: v1\nkind: Service\nmetadata: {name: %[1]s}\nspec:\n  selector: {app: %[1]s}", quoted(a.Name))
	line("  ports: [{name: http, port: 80, targetPort: %d}]", a.port())
	for _, p := range a.workers() {
		a.deployment(line, a.Name+"-"+strings.Trim(notInNames.ReplaceAllString(strings.ToLower(p.Type), "-"), "-"), &p)
	}
	return File{Name: "kubernetes.yaml", Text: b.String(), Secret: true}, nil
}

// deployment writes the web process or, given one, a worker.
func (a *App) deployment(line func(string, ...any), name string, worker *slot.Process) {
	line("---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %[1]s}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: %[1]s}}", quoted(name))
	line("  strategy: {type: Recreate} # the volume is for one at a time\n  template:\n    metadata: {labels: {app: %s}}\n    spec:", quoted(name))
	line("      automountServiceAccountToken: false\n      enableServiceLinks: false")
	line("      securityContext: {runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000}")
	line("      terminationGracePeriodSeconds: %d", a.stopSeconds())
	if a.Release.Plan.Static == nil {
		line("      volumes: [{name: data, persistentVolumeClaim: {claimName: %s}}]", quoted(a.Name))
	}
	a.initContainers(line, worker == nil)
	line("      containers:")
	if worker != nil {
		a.container(line, "worker", a.args(*worker))
	} else {
		a.container(line, "web", nil)
		line("          ports: [{containerPort: %d}]", a.port())
		a.probes(line)
	}
	a.limits(line)
}

// initContainers make the folders that the image's links lead to and, before
// the web process, run the release command.
func (a *App) initContainers(line func(string, ...any), web bool) {
	folders := a.keptFolders()
	release := a.one(slot.ProcessRelease)
	if !web {
		release = nil
	}
	if len(folders) == 0 && release == nil {
		return
	}
	line("      initContainers:")
	if len(folders) > 0 {
		a.container(line, "folders", append([]string{"mkdir", "-p"}, folders...))
	}
	if release != nil {
		a.container(line, "release", a.args(*release))
	}
}

// container writes one; without a command it does what the image says.
func (a *App) container(line func(string, ...any), name string, command []string) {
	line("        - name: %s\n          image: %s\n          envFrom: [{secretRef: {name: %s}}]", quoted(name), quoted(a.image()), quoted(a.Name))
	if len(command) > 0 {
		line("          command: %s", strings.ReplaceAll(list(command), "$(", "$$(")) // $(NAME) is Kubernetes' own
	}
	if a.Release.Plan.Static == nil {
		line("          volumeMounts: [{name: data, mountPath: %s}]", storage)
	}
	line("          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}")
}

// probes ask as slot does: a path that the user named, else the port.
func (a *App) probes(line func(string, ...any)) {
	how := fmt.Sprintf("tcpSocket: {port: %d}", a.port())
	if p := a.healthPath(); p != "" {
		how = fmt.Sprintf("httpGet: {path: %s, port: %d}", quoted(p), a.port())
	}
	limit := a.Config.HealthCheck.Timeout.Or(slot.DefaultCheckTimeout)
	line("          startupProbe: {%s, periodSeconds: 2, failureThreshold: %d}", how, max(int(limit.Seconds())/2, 1))
	line("          readinessProbe: {%s, periodSeconds: 10, timeoutSeconds: 5}", how)
}

func (a *App) limits(line func(string, ...any)) {
	var all []string
	if n := a.Config.MemoryLimit; n > 0 {
		all = append(all, fmt.Sprintf("memory: \"%d\"", int64(n)))
	}
	if n := a.Config.CPULimit; n > 0 {
		all = append(all, fmt.Sprintf("cpu: \"%v\"", n))
	}
	if len(all) > 0 {
		line("          resources: {limits: {%s}}", strings.Join(all, ", "))
	}
}

// image is a name for the user to replace.
func (a *App) image() string {
	return fmt.Sprintf("registry.example.com/%s:%d", a.Name, a.Release.ID)
}

// keptFolders are those in the volume that the slot's kept paths need.
func (a *App) keptFolders() (all []string) {
	paths, folder := a.Config.Kept()
	for _, p := range paths {
		if there := path.Join(storage, p); folder[p] || path.Ext(p) == "" {
			all = append(all, there)
		} else {
			all = append(all, path.Dir(there))
		}
	}
	return all
}

// notInNames is what the names of Kubernetes have not.
var notInNames = lazyregexp.New(`[^a-z0-9]+`)
