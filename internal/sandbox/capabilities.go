package sandbox

import (
	"errors"
	"slices"

	"golang.org/x/sys/unix"
)

// kept are the capabilities that root's own processes may have in a sandbox:
// those that a container has by default, without making devices and changing
// the root folder. With others, such as loading a module into the kernel, the
// rest of the sandbox would hold nothing.
func kept() []int {
	return []int{
		unix.CAP_AUDIT_WRITE, unix.CAP_CHOWN, unix.CAP_DAC_OVERRIDE, unix.CAP_FOWNER, unix.CAP_FSETID, unix.CAP_KILL,
		unix.CAP_NET_BIND_SERVICE, unix.CAP_NET_RAW, unix.CAP_SETFCAP, unix.CAP_SETGID, unix.CAP_SETPCAP, unix.CAP_SETUID,
	}
}

// dropCapabilities takes the others from the calling thread's bounding set. A
// user who may not change that set, anybody but root, has none to lose: without
// new rights an exec gives none.
func dropCapabilities() error {
	for c := range 64 {
		if slices.Contains(kept(), c) {
			continue
		}
		err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(c), 0, 0, 0)
		switch {
		case errors.Is(err, unix.EINVAL): // beyond the last
			return nil
		case errors.Is(err, unix.EPERM):
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}
