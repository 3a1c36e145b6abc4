package serve

import (
	"strings"
	"sync"
	"time"
)

// mostLast is how many of a person's last lists the first page tells of.
const mostLast = 3

// lastList is what was said of a list that was handed out: counts and warnings.
type lastList struct {
	When, File string
	Said       []string
}

// lastLists are those of each person, the newest first. They are gone when the server
// ends; who, when and how many is in the log.
type lastLists struct {
	mu sync.Mutex
	by map[string][]lastList
}

func (l *lastLists) add(who, file string, now time.Time, notes string) {
	said := lastList{When: now.Format("2006-01-02 15:04"), File: file}
	for line := range strings.Lines(notes) {
		if line = strings.TrimSpace(line); line != "" {
			said.Said = append(said.Said, line)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string][]lastList{}
	}
	all := append([]lastList{said}, l.by[who]...)
	l.by[who] = all[:min(len(all), mostLast)]
}

func (l *lastLists) of(who string) []lastList {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.by[who]
}
