package settings

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// WorkerCount is how many workers run at a time: the setting, else one for each
// processor that this process may use.
func (g *Parallel) WorkerCount() int {
	if g.Workers > 0 {
		return g.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// MemoryLimit is how many bytes the batch may use: the setting, else half of
// what the machine, or the container around the process, has.
func (g *Machine) MemoryLimit() int64 {
	if g.MemoryBytes > 0 {
		return g.MemoryBytes
	}
	return machineMemory(os.DirFS("/")) / 2
}

// unknownMachineMemory is what a machine is taken to have that does not say.
const unknownMachineMemory = 4 << 30

// machineMemory is the memory of the machine in bytes, or the limit of the
// control group around this process where that is smaller. root is the file
// system from / on.
func machineMemory(root fs.FS) int64 {
	memory := memTotal(root)
	for _, limit := range groupLimits(root) {
		if limit > 0 && (memory == 0 || limit < memory) {
			memory = limit
		}
	}
	if memory == 0 {
		return unknownMachineMemory
	}
	return memory
}

// memTotal reads the line "MemTotal: 24105000 kB"; 0 where there is none.
func memTotal(root fs.FS) int64 {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		fields := strings.Fields(string(line))
		if len(fields) == 3 && fields[0] == "MemTotal:" && fields[2] == "kB" {
			kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				return 0
			}
			return kilobytes * 1024
		}
	}
	return 0
}

// groupLimits are the limits of the control groups that hold this process, from
// the innermost out. Version 2 has one tree; version 1 one for memory alone.
func groupLimits(root fs.FS) []int64 {
	limits := []int64{readLimit(root, "sys/fs/cgroup/memory/memory.limit_in_bytes")}
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		text = nil
	}
	group := "/"
	for line := range bytes.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "0::"); ok {
			group = path.Clean("/" + rest)
		}
	}
	for ; ; group = path.Dir(group) {
		limits = append(limits, readLimit(root, path.Join("sys/fs/cgroup", group, "memory.max")))
		if group == "/" {
			return limits
		}
	}
}

// readLimit is 0 where the file is missing or says "max".
func readLimit(root fs.FS, file string) int64 {
	text, err := fs.ReadFile(root, file)
	if err != nil {
		return 0
	}
	limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0
	}
	return limit
}
