package sandbox

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
)

// Support is what a kernel can hold a process to.
type Support struct {
	ABI    int    // of Landlock; 0 for none
	Reason string // why Landlock is not used, "" where it is

	Files    bool // only the files of the policy can be opened
	Truncate bool // nor can others be cut short by truncate(2); Linux 6.2
	Devices  bool // nor the devices of the policy's folders be controlled by ioctl(2); Linux 6.10
	Signals  bool // no process outside can be signalled; Linux 6.12
	Abstract bool // no abstract socket outside can be connected to; Linux 6.12
}

// minABI is the first that lets files be moved from one folder to another.
// Below it every such move fails, and package managers with it.
const minABI = 2

// The errata of Landlock, as bits (landlock(7)). Before the second one was
// mended a restricted thread could not signal the other threads of its own
// program, which Go's runtime does.
const errataSignals = 1 << 1

// Kernel asks the kernel; it takes a microsecond.
func Kernel() Support {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return Support{Reason: whyNot(errno)}
	}
	errata, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_ERRATA)
	if errno != 0 {
		errata = 0 // a kernel that does not know the question
	}
	return supportOf(int(abi), errata)
}

func supportOf(abi int, errata uintptr) Support {
	if abi < minABI {
		return Support{ABI: abi, Reason: fmt.Sprintf("its Landlock is of version %d, under which no file could be moved to another folder; Linux 5.19 has version %d", abi, minABI)}
	}
	return Support{
		ABI: abi, Files: true, Truncate: abi >= 3, Devices: abi >= 5,
		Signals: abi >= 6 && errata&errataSignals != 0, Abstract: abi >= 6,
	}
}

func whyNot(err error) string {
	switch {
	case errors.Is(err, unix.ENOSYS):
		return "it has no Landlock: Linux 5.19 or later has it, unless it was left out or a container's seccomp profile hides it"
	case errors.Is(err, unix.EOPNOTSUPP):
		return "its Landlock is switched off: the kernel's parameter lsm= must name landlock"
	}
	return "its Landlock does not answer: " + err.Error()
}

// Claims lists what holds on this kernel, and what does not.
func (s Support) Claims() []slot.Claim {
	claim := func(name string, holds bool, text, needs string) slot.Claim {
		if holds {
			needs = ""
		}
		return slot.Claim{Name: name, Holds: holds, Text: text, Needs: needs}
	}
	return []slot.Claim{
		claim("files", s.Files, "an app opens its own files, the system's and your tools, and no others", "Linux 5.19 with Landlock"),
		claim("processes", s.Files, "an app cannot look into other processes, nor at their variables", "Linux 5.19 with Landlock"),
		claim("truncate", s.Truncate, "an app cannot cut other files short", "Linux 6.2"),
		claim("signals", s.Signals, "an app cannot signal other processes", "Linux 6.12, in a version of 2025"),
		claim("abstract-sockets", s.Abstract, "an app cannot connect to abstract sockets of others", "Linux 6.12"),
		claim("privileges", true, "an app gains no rights, through sudo or the like", ""),
	}
}
