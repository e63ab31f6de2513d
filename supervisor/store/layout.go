package store

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/slot-paas/slot/slot"
)

// Layout names the files and folders of a home. It only computes paths; Open
// makes the folders.
type Layout struct{ Home string }

// Config is slots.json, the configuration.
func (l Layout) Config() string { return filepath.Join(l.Home, "slots.json") }

// Settings is settings.json, which internal/settings reads.
func (l Layout) Settings() string { return filepath.Join(l.Home, "settings.json") }

// Secrets is secrets.json, mode 0600.
func (l Layout) Secrets() string { return filepath.Join(l.Home, "secrets.json") }

// Backups is the folder of earlier versions of slots.json.
func (l Layout) Backups() string { return filepath.Join(l.Home, "backups") }

// LastGood is the copy of the configuration that was in force last.
func (l Layout) LastGood() string { return filepath.Join(l.Backups(), "last-good.json") }

// History is the append-only record of deployments.
func (l Layout) History() string { return filepath.Join(l.Home, "history", "deployments.jsonl") }

// Deliveries is the append-only record of what the webhook accepted.
func (l Layout) Deliveries() string { return filepath.Join(l.Home, "history", "deliveries.jsonl") }

// Run is the folder of sockets, locks and FIFOs.
func (l Layout) Run() string { return filepath.Join(l.Home, "run") }

// Lock is the file that the daemon holds a flock on.
func (l Layout) Lock() string { return filepath.Join(l.Run(), "daemon.lock") }

// Socket is the control socket.
func (l Layout) Socket() string { return filepath.Join(l.Run(), "control.sock") }

// Fifo is the folder of the FIFOs that carry the apps' output.
func (l Layout) Fifo() string { return filepath.Join(l.Run(), "fifo") }

// Mirrors is the folder of bare repositories.
func (l Layout) Mirrors() string { return filepath.Join(l.Home, "mirrors") }

// Cache is the folder of the hooks' caches.
func (l Layout) Cache() string { return filepath.Join(l.Home, "cache") }

// Tmp is the folder for what may be lost; on the same file system as the rest.
func (l Layout) Tmp() string { return filepath.Join(l.Home, "tmp") }

// SlotDir holds all that belongs to one slot.
func (l Layout) SlotDir(n slot.Name) string { return filepath.Join(l.Home, "slots", string(n)) }

// State is the slot's state.json.
func (l Layout) State(n slot.Name) string { return filepath.Join(l.SlotDir(n), "state.json") }

// Processes is the slot's processes.json: what runs, or may.
func (l Layout) Processes(n slot.Name) string { return filepath.Join(l.SlotDir(n), "processes.json") }

// Releases is the folder of the slot's releases, a file each.
func (l Layout) Releases(n slot.Name) string { return filepath.Join(l.SlotDir(n), "releases") }

// Release is the file of one release.
func (l Layout) Release(n slot.Name, id int) string {
	return filepath.Join(l.Releases(n), strconv.Itoa(id)+".json")
}

// Artefacts is the folder of the slot's built folders.
func (l Layout) Artefacts(n slot.Name) string { return filepath.Join(l.SlotDir(n), "artefacts") }

// Artefact is one built folder; the deploy engine makes and fills it.
func (l Layout) Artefact(n slot.Name, id int) string {
	return filepath.Join(l.Artefacts(n), strconv.Itoa(id))
}

// Logs is the folder of the slot's logs.
func (l Layout) Logs(n slot.Name) string { return filepath.Join(l.SlotDir(n), "logs") }

// DeployLog is the build log of one deployment.
func (l Layout) DeployLog(n slot.Name, id int64) string {
	return filepath.Join(l.Logs(n), fmt.Sprintf("deploy-%d.log", id))
}

// SlotTmp is TMPDIR of the slot's processes.
func (l Layout) SlotTmp(n slot.Name) string { return filepath.Join(l.SlotDir(n), "tmp") }

// HooksLock holds the third-party hooks that the user trusts.
func (l Layout) HooksLock() string { return filepath.Join(l.Home, "hooks.lock") }

// HookSockets is where running hooks listen.
func (l Layout) HookSockets() string { return filepath.Join(l.Run(), "hooks") }

// Storage is the folder that outlives the slot's releases.
func (l Layout) Storage(n slot.Name) string { return filepath.Join(l.SlotDir(n), "storage") }

// Database is the folder of the database room: passwords, what runs, logs.
func (l Layout) Database() string { return filepath.Join(l.Home, "database") }

// ServiceLogs is the folder of the log of a service that belongs to no slot.
func (l Layout) ServiceLogs(name string) string { return filepath.Join(l.Database(), "logs", name) }

// Admin is the folder of the admin's keys, drafts and audit.
func (l Layout) Admin() string { return filepath.Join(l.Home, "admin") }

// folders lists every folder that Open makes.
func (l Layout) folders() []string {
	all := []string{
		l.Home, l.Backups(), filepath.Dir(l.History()), l.Run(), l.Fifo(), l.Mirrors(), l.Cache(), l.Tmp(),
		filepath.Join(l.Home, "slots"),
	}
	for _, n := range slot.Names() {
		all = append(all, l.SlotDir(n), l.Releases(n), l.Artefacts(n), l.Logs(n), l.Storage(n))
	}
	return all
}
