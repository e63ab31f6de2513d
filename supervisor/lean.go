package supervisor

import (
	"bufio"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// lean gives back the memory that the start of the program took and that a
// process at rest does not need: garbage, the pages of the program's file that
// its initialisation has read, and those of files that it shares, such as the
// spools of the apps' output. They come back by themselves, from the page cache,
// when they are needed.
func lean() {
	debug.FreeOSMemory()
	for _, m := range ofFiles() {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.at, m.length, unix.MADV_DONTNEED) // it is an advice
	}
}

type mapping struct{ at, length uintptr }

// ofFiles returns where nothing but the content of a file can be: the program's
// without a way to write, and what is shared with whoever maps the file.
func ofFiles() (all []mapping) {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil
	}
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return nil
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		m, ok := parseMapping(lines.Text(), exe)
		if ok {
			all = append(all, m)
		}
	}
	return all
}

// parseMapping reads a line of proc_pid_maps(5):
//
//	00400000-01a2b000 r-xp 00000000 fe:00 1234   /usr/bin/slot
func parseMapping(line, exe string) (m mapping, ok bool) {
	f := strings.SplitN(line, " ", 6)
	if len(f) < 6 {
		return m, false
	}
	file := strings.TrimSpace(f[5])
	own := file == exe && (f[1] == "r-xp" || f[1] == "r--p")
	if shared := f[1] == "rw-s" && strings.HasPrefix(file, "/"); !own && !shared {
		return m, false
	}
	from, to, _ := strings.Cut(f[0], "-")
	at, err := strconv.ParseUint(from, 16, 64)
	if err != nil {
		return m, false
	}
	end, err := strconv.ParseUint(to, 16, 64)
	if err != nil || end <= at {
		return m, false
	}
	return mapping{uintptr(at), uintptr(end - at)}, true
}
