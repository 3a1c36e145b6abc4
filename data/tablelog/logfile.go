package tablelog

import (
	"fmt"
	"io"
	"strings"
)

// mostLine is how long a line of a log, or a small file of it, may be, in bytes.
const mostLine = 16 << 20

// small reads a file of at most a line's length.
func (l *log) small(path string) ([]byte, error) { return l.read(path, min(mostLine, l.most)) }

// whole reads a file that the memory limit has room for.
func (l *log) whole(path string) ([]byte, error) { return l.read(path, l.room) }

func (l *log) read(path string, most int64) ([]byte, error) {
	f, err := l.fsy.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("longer than the %d MB that there is room for", most>>20)
	}
	return text, err
}

// plainPath is a path without the scheme of local files.
func plainPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "file:/"); ok {
		path = "/" + strings.TrimLeft(rest, "/")
	}
	return path
}
