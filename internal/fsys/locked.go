package fsys

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrLocked says that another process holds the lock that was asked for.
var ErrLocked = errors.New("locked by another process")

// Holder says who holds a lock that this process takes. The arguments are left out
// but for the command: others may be secret.
func Holder() string {
	command := append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...)
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown host"
	}
	return fmt.Sprintf("%s, process %d on %s", strings.Join(command[:min(2, len(command))], " "), os.Getpid(), host)
}

// nameHolder writes into a lock file that was just locked who holds it. A file that
// cannot be written is no reason not to work.
func nameHolder(path string) { _ = os.WriteFile(path, []byte(Holder()+"\n"), FileMode) }

// heldBy is ErrLocked with the holder that the lock file names, and when it was
// written there, which is when the lock was taken.
func heldBy(path string) error {
	text, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	holder := strings.TrimSpace(string(text))
	if err != nil || statErr != nil || holder == "" {
		return ErrLocked
	}
	return fmt.Errorf("%w: %s, since %s", ErrLocked, holder, info.ModTime().UTC().Format(time.DateTime+" UTC"))
}
