package commands

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/internal/settings"
	"github.com/slot-paas/slot/supervisor/process"
)

// lowMemory is when the kernel is about to end something: an npm install takes
// as much.
const lowMemory = 300 << 10 // KiB

// checkMachine says what there is to share among five apps.
func checkMachine(context.Context, *World, settings.Settings) []finding {
	available := process.AvailableMemory()
	f := newFinding("machine", healthy, fmt.Sprintf("%s, %d cores, %s of memory, %s of it available",
		kernelName(), runtime.NumCPU(), memory(process.MachineMemory()), memory(available)), "")
	if available > 0 && available < lowMemory {
		f.State, f.Remedy = warning, "slot top shows who has it; slot config set SLOT.sleep_after=10m stops what nobody visits"
	}
	return []finding{f}
}

func kernelName() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return runtime.GOOS
	}
	return unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
}
